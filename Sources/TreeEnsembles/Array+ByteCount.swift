extension Array {
    /// Bytes that the elements take, without what they refer to.
    var byteCount: Int { count * MemoryLayout<Element>.stride }
}
