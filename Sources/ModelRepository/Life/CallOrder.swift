/// In which order models are loaded of which some call others.
package enum CallOrder {
    /// The names, each behind those that it calls, as far as there is no circle; else in the order of the names.
    package static func sorted(_ names: [String], calling callees: [String: Set<String>]) -> [String] {
        let wanted = Set(names)
        var sorted: [String] = []
        var seen: Set<String> = []
        // A stack of our own: names come from files, and so does the length of a way through them.
        var way: [(name: String, rest: [String])] = []
        func enter(_ name: String) {
            guard seen.insert(name).inserted else { return }
            way.append((name, (callees[name] ?? []).sorted(by: >)))
        }
        for name in names.sorted() {
            enter(name)
            while let last = way.indices.last {
                if let next = way[last].rest.popLast() {
                    enter(next)
                } else {
                    let (left, _) = way.removeLast()
                    if wanted.contains(left) { sorted.append(left) }
                }
            }
        }
        return sorted
    }

    /// The models that some call and that are not among them.
    ///
    /// - Parameter callees: asked for each name once.
    package static func uncalled(besides names: Set<String>, calling callees: (String) -> Set<String>) -> Set<String> {
        names.reduce(into: Set<String>()) { $0.formUnion(callees($1)) }.subtracting(names)
    }
}
