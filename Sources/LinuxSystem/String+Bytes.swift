extension String {
    /// Whether two texts are the same bytes of UTF-8.
    ///
    /// `==` takes texts for equal that are written differently, such as an accented letter of one scalar or of two;
    /// file systems, object stores and clients do not.
    package func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether two texts are equal for `==`, and so as keys, but other bytes.
    package func isConfusable(with other: String) -> Bool { self == other && !hasBytes(of: other) }
}
