/// Pieces of statements that several share, each beside what it is about: joins, conditions, expressions.
enum SQL {}
