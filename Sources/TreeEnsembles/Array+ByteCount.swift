extension Array {
    /// Bytes that the elements take, without what they refer to.
    var byteCount: Int { count * MemoryLayout<Element>.stride }

    /// Gives memory back that is more than the elements take.
    mutating func fit() {
        guard capacity > count else { return }
        var fitting: [Element] = []
        fitting.reserveCapacity(count)
        fitting.append(contentsOf: self)
        self = fitting
    }
}
