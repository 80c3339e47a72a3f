/// The instructions that vectors are compared with.
package enum ScanInstructions: Sendable, CaseIterable {
    case baseline
    case avx2
    case avx512
}
