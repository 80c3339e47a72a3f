/// An array has one owner and its elements change only through exclusive access to it, as those of a plain value, so
/// that it may be handed to, and as a constant shared with, other threads. The compiler cannot see this through the
/// pointer that it is made of.
extension AlignedArray: @unchecked Sendable where Element: Sendable {}
