/// Why a connection that a trusted proxy has made is not served.
package enum ProxyHeaderFault: String, Error, Equatable, Sendable, CaseIterable {
    case missing = "no PROXY header stands in front"
    case olderVersion = "the PROXY header is of version 1: let the proxy send version 2"
    case unknownCommand = "the PROXY header has a version, command or family that is not known"
    case tooLong = "the PROXY header is longer than any proxy sends"
    case tooShort = "the PROXY header is too short for its addresses"
    case late = "the PROXY header did not come in time"
    case ended = "the connection ended within the PROXY header"
}
