import COpenSSL

/// OpenSSL, which is opened when it is first needed.
enum TLSLibrary {
    /// Opens the library, if nobody has.
    ///
    /// - Throws: `library` with what is missing.
    static func open() throws(TLSMaterialFault) {
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_openssl_open() { throw unsafe .library(String(cString: fault)) }
    }
}
