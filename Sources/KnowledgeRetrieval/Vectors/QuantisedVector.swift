/// A vector as integers of eight bits and one scale: the largest number becomes 127.
struct QuantisedVector {
    let numbers: [Int8]
    /// What the integers are multiplied by; 0 if all numbers are 0.
    let scale: Float

    /// - Precondition: the numbers are finite.
    init(_ vector: [Float]) {
        let largest = vector.reduce(0) { max($0, abs($1)) }
        precondition(largest.isFinite, "the numbers of a vector are finite")
        guard largest > 0 else {
            numbers = [Int8](repeating: 0, count: vector.count)
            scale = 0
            return
        }
        let factor = 127 / largest
        numbers = vector.map { Int8(max(-127, min(127, ($0 * factor).rounded(.toNearestOrEven)))) }
        scale = largest / 127
    }
}
