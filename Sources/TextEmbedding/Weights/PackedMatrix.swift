import LinuxSystem

/// A matrix of weights and its bias, packed once for products with rows.
///
/// - Shape: depth × columnCount; panels of the kernels' width, each depth × width.
/// - Isolation: immutable; any thread.
struct PackedMatrix: ~Copyable, Sendable {
    let depth: Int
    let columnCount: Int
    let panels: AlignedArray<Float>
    let bias: AlignedArray<Float>

    /// Packs matrices whose outputs stand side by side.
    ///
    /// - Shape: each weight is outputs × depth, row-major; there is a bias of `outputs` numbers for each.
    init(
        _ parts: [(weight: WeightFile.Tensor, bias: WeightFile.Tensor)], of file: Span<UInt8>, panelWidth: Int
    ) {
        let depth = parts[0].weight.shape[1]
        let columnCount = parts.reduce(0) { $0 + $1.weight.shape[0] }
        precondition(columnCount.isMultiple(of: panelWidth), "an encoder's widths are multiples of a panel's")
        var panels = AlignedArray<Float>(count: depth * columnCount, repeating: 0)
        var bias = AlignedArray<Float>(count: columnCount, repeating: 0)
        var first = 0
        for part in parts {
            let count = part.weight.shape[0]
            let weights = file.extracting(part.weight.bytes)
            let shifts = file.extracting(part.bias.bytes)
            panels.withMutableSpan { target in
                for row in 0..<count {
                    let column = first + row
                    let place = column / panelWidth * panelWidth * depth + column % panelWidth
                    for step in 0..<depth {
                        let bits = weights.littleEndian(UInt32.self, at: 4 * (row * depth + step))
                        target[place + step * panelWidth] = Float(bitPattern: bits)
                    }
                }
            }
            bias.withMutableSpan { target in
                for index in 0..<count {
                    target[first + index] = Float(bitPattern: shifts.littleEndian(UInt32.self, at: 4 * index))
                }
            }
            first += count
        }
        self.depth = depth
        self.columnCount = columnCount
        self.panels = panels
        self.bias = bias
    }
}
