/// Finds the known name that a mistyped one most likely meant.
package enum NearestName {
    /// The candidate with the fewest edits, if it is near enough to be a likely typing error.
    ///
    /// - Complexity: name length × candidate length per candidate; names are cut at `lengthLimit`.
    /// - Returns: nil when even the best needs more edits than a third of the name's length, at least two.
    package static func among(_ candidates: [String], to name: String) -> String? {
        let wanted = Array(name.utf8.prefix(lengthLimit))
        var best: String?
        var bestDistance = max(2, wanted.count / 3) + 1
        for candidate in candidates {
            let distance = editDistance(wanted, Array(candidate.utf8.prefix(lengthLimit)))
            if distance < bestDistance {
                bestDistance = distance
                best = candidate
            }
        }
        return best
    }

    /// - Units: bytes; longer names are nobody's typing error.
    private static let lengthLimit = 64

    /// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        var current = previous
        for row in 0..<left.count {
            current[0] = row + 1
            for column in 0..<right.count {
                let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
                var fewest = min(replaced, previous[column + 1] + 1, current[column] + 1)
                let swapped =
                    row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if swapped { fewest = min(fewest, beforePrevious[column - 1] + 1) }
                current[column + 1] = fewest
            }
            (beforePrevious, previous, current) = (previous, current, beforePrevious)
        }
        return previous[right.count]
    }
}
