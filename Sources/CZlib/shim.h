#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not import; 16 more than the window's bits asks for gzip and nothing else. */
static inline int czlib_gunzip_init(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

#endif
