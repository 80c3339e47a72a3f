/// The instructions that count rows.
package enum CountingInstructions: Sendable, CaseIterable {
    case baseline
    case avx2
    case avx512
}
