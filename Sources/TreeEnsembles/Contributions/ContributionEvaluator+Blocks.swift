import LinuxSystem

// How the rows of a block are explained: alone or together, as floats or as doubles.
extension ContributionEvaluator {
    /// Explains the rows of a block, as the kernel takes them.
    func explain<Element: ContributionElement>(
        _ block: Range<Int>, _ rows: Span<Float>, _ lanes: ContributionLanes, _ scratch: ContributionScratch,
        _ contributions: inout MutableSpan<Element>
    ) {
        writeMeans(block, &contributions)
        if let oblivious {
            lookUp(block, rows, oblivious, scratch, &contributions)
        } else if let memory = lanes == .float32 ? scratch.floatRowMemory : scratch.doubleRowMemory,
            block.count <= memory.rows.rowLimit
        {
            walkRows(block, rows, memory, &contributions)
        } else {
            let stride = forest.addUp(rows, rowCount: block.count, lanes, scratch.memory)
            scratch.memory.sums.withSpan { sums in
                write(sums, stride: (sum: stride, row: 1), count: block.count, &contributions) {
                    block.lowerBound + $0
                }
            }
        }
        if lanes == .float32 { explainAgain(block, rows, scratch, &contributions) }
    }

    /// Explains rows by the tables of oblivious trees.
    private func lookUp<Element: ContributionElement>(
        _ block: Range<Int>, _ rows: Span<Float>, _ oblivious: ObliviousContributions, _ scratch: ContributionScratch,
        _ contributions: inout MutableSpan<Element>
    ) {
        guard let treeScratch = scratch.treeScratch else { preconditionFailure("the scratch finds leaves") }
        scratch.leaves.withMutableSpan { leaves in
            oblivious.engine.leafIndices(rows: rows, rowCount: block.count, scratch: treeScratch, leaves: &leaves)
        }
        scratch.leaves.withSpan { leaves in
            scratch.sums.withMutableSpan { oblivious.addUp(leaves: leaves, rowCount: block.count, into: &$0) }
        }
        // The tables leave the sums of a row side by side.
        scratch.sums.withSpan { sums in
            write(sums, stride: (sum: 1, row: targets.count), count: block.count, &contributions) {
                block.lowerBound + $0
            }
        }
    }

    /// Explains rows one by one.
    private func walkRows<Element: ContributionElement>(
        _ block: Range<Int>, _ rows: Span<Float>, _ memory: ContributionRowMemory,
        _ contributions: inout MutableSpan<Element>
    ) {
        for row in block {
            let values = rows.extracting(((row - block.lowerBound) * forest.featureCount)...)
            memory.rows.addUp(values, memory)
            memory.sums.withSpan { write($0, stride: (sum: 1, row: 1), count: 1, &contributions) { _ in row } }
        }
    }

    /// Explains rows as doubles whose contributions are too small for float32.
    private func explainAgain<Element: ContributionElement>(
        _ block: Range<Int>, _ rows: Span<Float>, _ scratch: ContributionScratch,
        _ contributions: inout MutableSpan<Element>
    ) {
        guard let rounding else { preconditionFailure("float32 lanes have a bound") }
        let width = forest.featureCount
        var count = 0
        for row in block where !accepts(row, rounding, contributions) {
            scratch.repeatedRows[count] = UInt32(row - block.lowerBound)
            for feature in 0..<width {
                scratch.repeatedValues[count * width + feature] = rows[(row - block.lowerBound) * width + feature]
            }
            count += 1
        }
        let blockRowCount = forest.blockRowCount(.float64)
        for first in stride(from: 0, to: count, by: blockRowCount) {
            let rowCount = min(blockRowCount, count - first)
            let stride = scratch.repeatedValues.withSpan { values in
                forest.addUp(values.extracting((first * width)...), rowCount: rowCount, .float64, scratch.memory)
            }
            scratch.memory.sums.withSpan { sums in
                write(sums, stride: (sum: stride, row: 1), count: rowCount, &contributions) {
                    block.lowerBound + Int(scratch.repeatedRows[first + $0])
                }
            }
        }
    }

    /// Whether the rounding of float32 lanes is small beside each largest contribution of a row.
    private func accepts<Element: ContributionElement>(
        _ row: Int, _ rounding: ContributionRounding, _ contributions: borrowing MutableSpan<Element>
    ) -> Bool {
        for margin in 0..<marginCount {
            let first = row * rowElementCount + margin * (featureCount + 1)
            var largest: Element = 0
            for index in first...first + featureCount { largest = max(largest, abs(contributions[index])) }
            guard rounding.isSmall(beside: Double(largest), ofMargin: margin) else { return false }
        }
        return true
    }

    /// Writes rows without contributions.
    private func writeMeans<Element: ContributionElement>(
        _ block: Range<Int>, _ contributions: inout MutableSpan<Element>
    ) {
        for index in block.lowerBound * rowElementCount..<block.upperBound * rowElementCount {
            contributions[index] = 0
        }
        let width = featureCount + 1
        for row in block {
            for margin in 0..<marginCount {
                contributions[row * rowElementCount + margin * width + featureCount] = Element(means[margin])
            }
        }
    }

    /// Writes the contributions of some rows.
    ///
    /// - Parameter row: where the contributions of each of them belong.
    @inline(__always)
    private func write<Element: ContributionElement>(
        _ sums: Span<Double>, stride: (sum: Int, row: Int), count: Int, _ contributions: inout MutableSpan<Element>,
        row: (Int) -> Int
    ) {
        for (index, target) in targets.enumerated() {
            let offset = target.margin * (featureCount + 1) + target.feature
            for position in 0..<count {
                let sum = sums[index * stride.sum + position * stride.row]
                contributions[row(position) * rowElementCount + offset] = Element(sum * scale)
            }
        }
    }
}
