import Testing

@testable import Bench

@Suite
struct BenchPlanTests {
    @Test(arguments: [
        (10_000, [10_000]), (20_000, [10_000, 20_000]), (100_000, [10_000, 100_000]),
        (10_000_000, [10_000, 100_000, 1_000_000, 10_000_000]),
    ])
    func `leaderboards grow tenfold up to the largest`(_ entries: Int, _ sizes: [Int]) {
        #expect(BenchPlan(entries: entries).sizes == sizes)
    }

    @Test(arguments: [
        ("/var/tmp/x", "ext4"), ("/tmp/x", "tmpfs"), ("/tmpx/y", "ext4"), ("/tmp/deep/er", "xfs"),
    ])
    func `the file system of a path is that of the nearest mount above it`(_ path: String, _ type: String) {
        let mounts = """
            rootfs / rootfs rw 0 0
            /dev/vda / ext4 rw,relatime 0 0
            tmpfs /tmp tmpfs rw 0 0
            /dev/vdb /tmp/deep xfs rw 0 0
            """
        #expect(Machine.fileSystem(of: path, mounts: mounts) == type)
    }

    @Test func `updates have the holes that the script fills, and are JSON when they are filled`() throws {
        let updates = BenchPeople.presses(of: .steady)
        #expect(updates.count == BenchPeople.count + BenchPeople.chats)
        #expect(
            updates.prefix(BenchPeople.count).allSatisfy {
                $0.contains("@U@") && $0.contains("@Q@") && !$0.contains("@P@")
            }
        )
        #expect(updates.suffix(BenchPeople.chats).allSatisfy { $0.contains("@P@") })
    }
}
