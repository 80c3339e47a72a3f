extension Array {
    /// The first index whose element satisfies a condition that holds for all elements behind it as well.
    func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var first = 0
        var count = self.count
        while count > 0 {
            let half = count / 2
            if isBehind(self[first + half]) {
                count = half
            } else {
                first += half + 1
                count -= half + 1
            }
        }
        return first
    }
}
