import Glibc

/// Random numbers that a seed reproduces, for property tests.
///
/// Each test asks for its own generator with `forTest()`, which prints the seed; the variable `TEST_SEED` replays a
/// run. The sequence is that of xoshiro256** started by SplitMix64, so that it is the same on every machine and with
/// every version of the standard library.
///
/// - Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the sequence was started with.
    package let seed: UInt64
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts the sequence that belongs to a seed.
    package init(seed: UInt64) {
        self.seed = seed
        var mixer = seed
        func mixed() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var word = mixer
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
        state = (mixed(), mixed(), mixed(), mixed())
    }

    /// A generator for the calling test: seeded by `TEST_SEED` where it is set, else freshly; the seed is printed.
    package static func forTest(_ test: String = #function) -> SeededGenerator {
        let seed = replayedSeed ?? UInt64.random(in: 0...UInt64.max)
        print("TEST_SEED=\(seed) replays \(test)")
        return SeededGenerator(seed: seed)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }
        let result = rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, by: 45)
        return result
    }

    /// A whole number of a closed range.
    package mutating func int(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// True once in `number` calls on average.
    package mutating func chance(oneIn number: Int) -> Bool {
        int(in: 1...number) == 1
    }

    /// One element of a non-empty collection.
    package mutating func element<Elements: RandomAccessCollection>(of elements: Elements) -> Elements.Element {
        precondition(!elements.isEmpty, "nothing to choose from")
        return elements[elements.index(elements.startIndex, offsetBy: int(in: 0...elements.count - 1))]
    }

    /// Random bytes.
    package mutating func bytes(count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: next()))
        }
        return bytes
    }

    /// A float32 of any bit pattern: subnormals, infinities, negative zero and NaN come up.
    package mutating func anyFloat() -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: next()))
    }

    /// A float64 of any bit pattern: subnormals, infinities, negative zero and NaN come up.
    package mutating func anyDouble() -> Double {
        Double(bitPattern: next())
    }

    /// A copy of bytes with between one and `changes` random changes: a bit flipped, a byte replaced by one that
    /// parsers care about, a piece removed, doubled or moved, or the end cut off.
    package mutating func mutated(_ original: [UInt8], changes: Int = 4, interesting: [UInt8] = []) -> [UInt8] {
        var bytes = original
        for _ in 0..<int(in: 1...changes) {
            guard !bytes.isEmpty else { return self.bytes(count: int(in: 0...8)) }
            let position = int(in: 0...bytes.count - 1)
            let end = Swift.min(bytes.count, position + int(in: 1...16))
            switch int(in: 0...6) {
            case 0: bytes[position] ^= 1 << UInt8(int(in: 0...7))
            case 1: bytes[position] = interesting.isEmpty ? UInt8(truncatingIfNeeded: next()) : element(of: interesting)
            case 2: bytes.removeSubrange(position..<end)
            case 3: bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            case 4: bytes.removeSubrange(position...)
            case 5: bytes.insert(element(of: interesting.isEmpty ? [0, 0xFF] : interesting), at: position)
            default:
                let piece = Array(bytes[position..<end])
                bytes.removeSubrange(position..<end)
                bytes.insert(contentsOf: piece, at: bytes.isEmpty ? 0 : int(in: 0...bytes.count))
            }
        }
        return bytes
    }

    private static var replayedSeed: UInt64? {
        // The variable's text is copied before anything can change the environment.
        guard let text = unsafe getenv("TEST_SEED") else { return nil }
        guard let seed = unsafe UInt64(String(cString: text)) else {
            preconditionFailure("TEST_SEED is a decimal number")
        }
        return seed
    }
}
