extension Span<Int64> {
    /// Counts the elements that are not 0, or those that are below 0.
    ///
    /// Without branches and checks of single indices, so that the compiler counts several at once.
    package func count(below0: Bool) -> Int {
        // The buffer is the span's own elements, and is not kept.
        unsafe withUnsafeBufferPointer { elements in
            var count: UInt64 = 0
            if below0 {
                for index in 0..<elements.count { count &+= UInt64(bitPattern: unsafe elements[index]) &>> 63 }
            } else {
                for index in 0..<elements.count { count &+= unsafe elements[index] == 0 ? 0 : 1 }
            }
            return Int(count)
        }
    }
}
