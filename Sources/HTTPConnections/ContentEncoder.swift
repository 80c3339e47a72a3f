internal import CZlib
package import LinuxSystem

/// Compresses answers.
///
/// - Ownership: one per thread; the library's state is made at first use and reused.
package final class ContentEncoder {
    /// Shorter bodies go out as they are: compressing them costs more time than the bytes it saves.
    package static let bodyByteCountFloor = 1_024

    package init() {}

    /// Appends the compressed form of a whole body.
    ///
    /// - Returns: false if it failed or did not make the body smaller; then nothing was appended.
    package func deflate(_ body: Span<UInt8>, as coding: ContentCoding, into output: inout ByteBuffer) -> Bool {
        false
    }
}
