import LinuxSystem

/// Finds names among the bytes of a request without making strings of them.
///
/// - Isolation: any thread; immutable.
/// - Complexity: a look-up reads the name once and compares it with, as a rule, one candidate; no allocation.
package struct NameTable: Sendable {
    /// The names, in the order given.
    package let names: [String]
    /// All names' UTF-8, one after another.
    private let text: [UInt8]
    /// Where each name begins in `text`, and the end of the last one.
    private let starts: [Int]
    /// Index of a name for each hash, -1 for none; a power of two in size and at most half full.
    private let slots: [Int32]

    /// Makes a table of names that all differ.
    ///
    /// - Precondition: no name occurs twice.
    package init(_ names: [String]) {
        self.names = names
        var text: [UInt8] = []
        var starts = [0]
        for name in names {
            text.append(contentsOf: name.utf8)
            starts.append(text.count)
        }
        var size = 2
        while size < names.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        for index in names.indices {
            var slot = NameTable.hash(text.span.extracting(starts[index]..<starts[index + 1])) & (size - 1)
            while slots[slot] >= 0 {
                precondition(!names[Int(slots[slot])].hasBytes(of: names[index]), "a name occurs twice")
                slot = (slot + 1) & (size - 1)
            }
            slots[slot] = Int32(index)
        }
        self.text = text
        self.starts = starts
        self.slots = slots
    }

    /// Number of names.
    package var count: Int { names.count }

    /// The position of a name among `names`, nil if it is not there.
    package func index(of name: Span<UInt8>) -> Int? {
        let mask = slots.count &- 1
        var slot = NameTable.hash(name) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if equals(index, name) { return index }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Whether the name at `index` is a given one.
    package func equals(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let start = starts[index]
        guard starts[index &+ 1] &- start == name.count else { return false }
        for position in name.indices where text[start &+ position] != name[position] { return false }
        return true
    }

    /// FNV-1a.
    ///
    /// Who chooses the names is the operator, so nobody gains by making them collide.
    private static func hash(_ name: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in name.indices {
            hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01b3
        }
        return Int(truncatingIfNeeded: (hash ^ hash &>> 32) & 0x7fff_ffff)
    }
}
