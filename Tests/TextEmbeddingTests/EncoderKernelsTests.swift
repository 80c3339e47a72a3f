import CVectorPrimitives
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import TextEmbedding

// Goal: each kernel does what its sentence says, on every set of instructions. Method: doubles computed one by one.
@Suite struct EncoderKernelsTests {
    private func numbers(_ count: Int, _ generator: inout SeededGenerator, scale: Float = 1) -> AlignedArray<Float> {
        var numbers = AlignedArray<Float>(count: count, repeating: 0)
        numbers.withMutableSpan { span in
            for index in span.indices { span[index] = Float.random(in: -scale...scale, using: &generator) }
        }
        return numbers
    }

    @Test(arguments: EmbedderFolder.present)
    func `products of any number of rows and depth are added`(_ instructions: EncoderInstructions) {
        let kernels = EncoderKernels.forInstructions(instructions)
        var generator = SeededGenerator.forTest()
        for rowCount in Array(1...27) + [72] {
            let depth = generator.int(in: 1...800)
            let panelCount = generator.int(in: 1...3)
            let columnCount = panelCount * kernels.panelWidth
            let rows = numbers(rowCount * depth, &generator)
            let matrix = numbers(depth * columnCount, &generator)
            let panels = AlignedArray<Float>(count: depth * columnCount, repeating: 0)
            let sums = numbers(rowCount * columnCount, &generator)
            let start = numbers(columnCount, &generator)
            let hasStart = rowCount.isMultiple(of: 2)
            var expected = (0..<rowCount * columnCount).map { Double(hasStart ? start[$0 % columnCount] : sums[$0]) }
            for row in 0..<rowCount {
                for step in 0..<depth {
                    for column in 0..<columnCount {
                        let product = Double(rows[row * depth + step]) * Double(matrix[step * columnCount + column])
                        expected[row * columnCount + column] += product
                    }
                }
            }
            // The arrays are as large as the numbers say, and live to the end of the turn.
            unsafe kernels.packColumns(matrix.unsafeAddress, depth, columnCount, columnCount, panels.unsafeAddress)
            unsafe kernels.addProducts(
                rowan_encoder_product(
                    rows: rows.unsafeAddress, row_count: rowCount, row_stride: depth, depth: depth,
                    panels: panels.unsafeAddress, panel_count: panelCount,
                    start: hasStart ? UnsafePointer(start.unsafeAddress) : nil, sums: sums.unsafeAddress,
                    sum_stride: columnCount))
            for index in expected.indices {
                #expect(abs(Double(sums[index]) - expected[index]) < 1e-3, "\(rowCount) rows, depth \(depth)")
            }
        }
    }

    @Test(arguments: EmbedderFolder.present)
    func `GELU is exact`(_ instructions: EncoderInstructions) {
        let kernels = EncoderKernels.forInstructions(instructions)
        var generator = SeededGenerator.forTest()
        for scale: Float in [0.01, 1, 4, 8, 1_000] {
            let found = numbers(4_096, &generator, scale: scale)
            let given = (0..<4_096).map { found[$0] }
            // As many numbers as the array has.
            unsafe kernels.applyGELU(found.unsafeAddress, 4_096)
            for index in given.indices {
                let x = Double(given[index])
                let expected = 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
                let distance = abs(Double(found[index]) - expected)
                #expect(distance <= 2.5e-7 * max(abs(x), 1e-3), "\(x)")
            }
        }
    }

    @Test(arguments: EmbedderFolder.present)
    func `softmax and norms are those of doubles`(_ instructions: EncoderInstructions) {
        let kernels = EncoderKernels.forInstructions(instructions)
        var generator = SeededGenerator.forTest()
        for count in [1, 2, 7, 8, 9, 31, 33, 100, 257] {
            let stride = (count + kernels.panelWidth - 1) / kernels.panelWidth * kernels.panelWidth
            let rows = numbers(3 * stride, &generator, scale: 60)
            let given = (0..<3 * stride).map { rows[$0] }
            let shares = AlignedArray<Float>(count: 3, repeating: 0)
            // There are three rows of the stride, and a share for each.
            unsafe kernels.applyExponential(rows.unsafeAddress, 3, count, stride, 0.5, shares.unsafeAddress)
            unsafe kernels.scaleRows(rows.unsafeAddress, 3, stride, stride, shares.unsafeAddress)
            for row in 0..<3 {
                let exponentials = (0..<count).map { exp(0.5 * Double(given[row * stride + $0])) }
                let sum = exponentials.reduce(0, +)
                for index in 0..<count {
                    #expect(abs(Double(rows[row * stride + index]) - exponentials[index] / sum) < 3e-7)
                }
            }
        }
        let width = 96
        let rows = numbers(2 * width, &generator, scale: 5)
        let given = (0..<2 * width).map { Double(rows[$0]) }
        let scale = numbers(width, &generator)
        let shift = numbers(width, &generator)
        // There are two rows of the width, and a scale and a shift for each column.
        unsafe kernels.normalizeRows(
            rows.unsafeAddress, 2, width, scale.unsafeAddress, shift.unsafeAddress, 1e-12)
        for row in 0..<2 {
            let values = given[row * width..<(row + 1) * width]
            let mean = values.reduce(0, +) / Double(width)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            for column in 0..<width {
                let expected =
                    (values[row * width + column] - mean) / variance.squareRoot() * Double(scale[column])
                    + Double(shift[column])
                #expect(abs(Double(rows[row * width + column]) - expected) < 2e-6)
            }
        }
    }
}
