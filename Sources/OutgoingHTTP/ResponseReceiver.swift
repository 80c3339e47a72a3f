/// What takes the body of a successful answer piece by piece, so that it need not fit into memory.
package protocol ResponseReceiver: AnyObject {
    /// An attempt begins: what came before is to be forgotten.
    ///
    /// - Throws: `.receiver` with the reason if nothing can be taken.
    func begin() throws(OutgoingFault)

    /// Takes the next bytes.
    ///
    /// - Ownership: the bytes are lent for the call.
    /// - Throws: `.receiver` with the reason if they cannot be taken; the attempt ends and is not repeated.
    func receive(_ bytes: Span<UInt8>) throws(OutgoingFault)
}
