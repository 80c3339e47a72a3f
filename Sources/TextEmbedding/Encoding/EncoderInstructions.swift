/// The instructions that encode texts.
package enum EncoderInstructions: Sendable, CaseIterable {
    case baseline
    case avx2
    case avx512
}
