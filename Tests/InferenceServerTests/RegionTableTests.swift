import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

/// What comes of registering and unregistering regions, and who keeps them.
@Suite struct RegionTableTests {
    /// A region without memory that tells when nobody keeps it any more.
    private final class Region: TensorRegion {
        let name: String
        let byteCount = 8

        init(_ name: String) {
            self.name = name
        }

        func read(_ range: Range<Int>, into buffer: inout ByteBuffer) throws(ProtocolError) {}

        func write(_ bytes: Span<UInt8>, at offset: Int) throws(ProtocolError) {}
    }

    private func entry(_ name: String) -> RegionTable.Entry {
        RegionTable.Entry(key: "/k", offset: 0, region: Region(name))
    }

    private func find(_ name: String, in table: RegionTable) -> String? {
        table.region(named: Array(name.utf8).span)?.name
    }

    @Test func `regions are listed by name and found by its bytes`() {
        var table = RegionTable()
        for name in ["b", "c", "", "a", "\u{e9}"] { #expect(table.registered(entry(name)) == .added) }
        #expect(table.entries.map(\.region.name) == ["", "a", "b", "c", "\u{e9}"])
        for name in ["", "a", "b", "c", "\u{e9}"] { #expect(find(name, in: table) == name) }
        #expect(find("d", in: table) == nil && find("aa", in: table) == nil)
        #expect(table.entry(named: "b")?.key == "/k" && table.entry(named: "d") == nil)
    }

    @Test func `a name is registered once`() {
        var table = RegionTable()
        #expect(table.registered(entry("a")) == .added)
        #expect(table.registered(entry("a")) == .refuseName)
        #expect(table.action(forRegistering: "a") == .refuseName && table.action(forRegistering: "b") == .added)
        #expect(table.unregistered("a") == .removed(1))
        #expect(table.registered(entry("a")) == .added)
        #expect(table.entries.count == 1)
    }

    @Test func `names that only look alike are two regions`() {
        var table = RegionTable()
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        #expect(table.registered(entry(one)) == .added && table.registered(entry(other)) == .added)
        #expect(table.entries.map { Array($0.region.name.utf8) } == [Array(other.utf8), Array(one.utf8)])
        #expect(table.unregistered(other) == .removed(1))
        #expect(table.entry(named: other) == nil && table.entry(named: one) != nil)
        #expect(find(one, in: table) != nil && find(other, in: table) == nil)
    }

    @Test func `unregistering what is not there is no fault`() {
        var table = RegionTable()
        #expect(table.unregistered("a") == .removed(0) && table.unregistered(nil) == .removed(0))
        for name in ["a", "b", "c"] { _ = table.registered(entry(name)) }
        #expect(table.unregistered("d") == .removed(0) && table.unregistered("b") == .removed(1))
        #expect(find("a", in: table) == "a" && find("b", in: table) == nil && find("c", in: table) == "c")
        #expect(table.unregistered(nil) == .removed(2) && table.entries.isEmpty && find("a", in: table) == nil)
    }

    @Test func `regions are limited`() {
        var table = RegionTable()
        for index in 0..<SharedMemoryLimits.regionCount { #expect(table.registered(entry("\(index)")) == .added) }
        #expect(table.registered(entry("more")) == .refuseMore && table.action(forRegistering: "0") == .refuseName)
        _ = table.unregistered("7")
        #expect(table.registered(entry("more")) == .added)
        #expect(table.entries.count == SharedMemoryLimits.regionCount)
    }

    @Test func `a copy keeps what the original has forgotten`() {
        let regions = SharedMemoryRegions()
        weak var kept: Region?
        do {
            let region = Region("a")
            kept = region
            #expect(regions.register(RegionTable.Entry(key: "/k", offset: 0, region: region)) == .added)
        }
        var copy: RegionTable? = regions.current
        #expect(regions.unregister("a") == .removed(1) && regions.current.entries.isEmpty)
        #expect(kept != nil && copy.flatMap { find("a", in: $0) } == "a")
        copy = nil
        #expect(kept == nil, "nobody keeps it any more")
    }

    @Test(arguments: [
        ("k", "/k"), ("/k", "/k"), ("/...", "/..."), ("a.b-c_1", "/a.b-c_1"),
        (String(repeating: "x", count: 255), "/" + String(repeating: "x", count: 255)), ("", nil), ("/", nil),
        ("//k", nil), ("a/b", nil), ("k/", nil), (".", nil), ("/..", nil), ("a\u{0}", nil),
        (String(repeating: "x", count: SharedMemoryLimits.keyByteCount + 1), nil),
        ("triton_python_backend_shm_region_", nil), ("/triton_python_backend_shm_region_7", nil),
    ])
    func `keys are plain names with or without a slash in front`(key: String, expected: String?) {
        do throws(ProtocolError) {
            let path = try SharedMemoryRegion.path(of: key, for: "r")
            #expect(path == expected)
        } catch {
            #expect(expected == nil && error.code == .invalidArgument)
            #expect(error.message.hasPrefix("cannot register shared memory region 'r' "))
        }
    }

    @Test func `sizes and names are held against their limits before anything is opened`() throws {
        let answers = SharedMemoryAnswers(regions: SharedMemoryRegions(), isAllowed: true)
        func error(name: String, _ body: String) -> String {
            do throws(ProtocolError) {
                try answers.register(.system, name) { () throws(ProtocolError) in
                    try SharedMemoryRegistration(Array(body.utf8).span)
                }
                return ""
            } catch {
                return error.message
            }
        }
        let limit = SharedMemoryLimits.regionByteCount
        let missing = "Unable to open shared memory region: 'rowan_nobody': No such file or directory"
        #expect(error(name: "r", #"{"key":"rowan_nobody","byte_size":\#(limit)}"#) == missing)
        #expect(
            error(name: "r", #"{"key":"rowan_nobody","byte_size":\#(limit + 1)}"#)
                .contains("reach beyond \(limit)"))
        #expect(
            error(name: "r", #"{"key":"rowan_nobody","byte_size":2,"offset":\#(limit - 1)}"#)
                .contains("reach beyond \(limit)"))
        let longest = String(repeating: "n", count: SharedMemoryLimits.nameByteCount)
        #expect(error(name: longest, #"{"key":"rowan_nobody","byte_size":1}"#) == missing)
        #expect(error(name: longest + "n", #"{"key":"rowan_nobody","byte_size":1}"#).contains("more than 255 bytes"))
    }
}
