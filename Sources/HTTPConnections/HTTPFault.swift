/// Why the framing of a connection can no longer be trusted, or a limit of the framing was passed.
///
/// The scope of each of these is the connection of HTTP/1.1: after the answer the connection is closed, because where
/// the next request starts is not known. In HTTP/2 it is the stream.
///
/// - Source: RFC 9112 for the framing, RFC 9110 section 15 and RFC 6585 for the codes.
package enum HTTPFault: Error, CaseIterable, Sendable {
    // The request line.
    case tooManyEmptyLines
    case malformedRequestLine
    case malformedTarget
    case fragmentInTarget
    case connectRefused
    case unsupportedVersion
    case requestLineTooLong

    // Header fields.
    case lineEndWithoutCarriageReturn
    case loneCarriageReturn
    case foldedField
    case fieldWithoutColon
    case spaceBeforeColon
    case malformedFieldName
    case controlByteInField
    case headerTooLong
    case tooManyFields

    // What the fields say about framing.
    case missingHost
    case repeatedHost
    case malformedHost
    case differingHosts
    case malformedContentLength
    case differingContentLengths
    case contentLengthWithTransferEncoding
    case transferEncodingInHTTP10
    case unsupportedTransferEncoding
    case unsupportedExpectation
    case bodyTooLong

    // Chunked bodies.
    case malformedChunkSize
    case chunkSizeTooLong
    case malformedChunkExtension
    case chunkExtensionsTooLong
    case chunkWithoutLineEnd
    case tooManyChunks
    case malformedTrailer
    case trailersTooLong
    case tooManyTrailers

    /// The code of the answer that goes out before the connection is closed.
    package var status: HTTPStatus {
        switch self {
        case .requestLineTooLong: .targetTooLong
        case .headerTooLong, .tooManyFields, .trailersTooLong, .tooManyTrailers: .headerTooLarge
        case .bodyTooLong, .tooManyChunks, .chunkExtensionsTooLong: .contentTooLarge
        case .unsupportedVersion: .versionNotSupported
        case .connectRefused, .unsupportedTransferEncoding: .notImplemented
        case .unsupportedExpectation: .expectationFailed
        default: .badRequest
        }
    }

    /// One sentence for the client.
    package var message: StaticString {
        switch self {
        case .tooManyEmptyLines: "too many empty lines before the request line"
        case .malformedRequestLine: "the request line is not 'METHOD target HTTP/1.1'"
        case .malformedTarget: "the request target is neither a path nor an absolute http URI"
        case .fragmentInTarget: "the request target contains a fragment"
        case .connectRefused: "this server is no proxy: CONNECT is not supported"
        case .unsupportedVersion: "the version of HTTP is neither 1.1 nor 1.0"
        case .requestLineTooLong: "the request line is too long"
        case .lineEndWithoutCarriageReturn: "a line ends in LF without CR"
        case .loneCarriageReturn: "a CR is not followed by LF"
        case .foldedField: "a header field is continued on a second line"
        case .fieldWithoutColon: "a header line has no colon"
        case .spaceBeforeColon: "there is a space between the name of a header field and its colon"
        case .malformedFieldName: "the name of a header field contains a byte that is not allowed there"
        case .controlByteInField: "a header field contains a control byte"
        case .headerTooLong: "the header fields are too long"
        case .tooManyFields: "there are too many header fields"
        case .missingHost: "the Host field is missing"
        case .repeatedHost: "the Host field is repeated"
        case .malformedHost: "the Host field is not a host with an optional port"
        case .differingHosts: "Host and :authority name different hosts"
        case .malformedContentLength: "Content-Length is not one decimal number"
        case .differingContentLengths: "there are two different Content-Length fields"
        case .contentLengthWithTransferEncoding: "both Content-Length and Transfer-Encoding are present"
        case .transferEncodingInHTTP10: "Transfer-Encoding is not defined for HTTP/1.0"
        case .unsupportedTransferEncoding: "the only supported Transfer-Encoding is 'chunked'"
        case .unsupportedExpectation: "the only supported expectation is '100-continue'"
        case .bodyTooLong: "the request body is too long"
        case .malformedChunkSize: "a chunk size is not a hexadecimal number"
        case .chunkSizeTooLong: "a chunk size has more than 16 digits"
        case .malformedChunkExtension: "a chunk extension is malformed"
        case .chunkExtensionsTooLong: "the chunk extensions are too long"
        case .chunkWithoutLineEnd: "the data of a chunk is not followed by CR and LF"
        case .tooManyChunks: "the body consists of too many chunks"
        case .malformedTrailer: "a trailer field is malformed"
        case .trailersTooLong: "the trailer fields are too long"
        case .tooManyTrailers: "there are too many trailer fields"
        }
    }
}
