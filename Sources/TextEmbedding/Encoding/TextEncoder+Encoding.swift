import CVectorPrimitives
import LinuxSystem

/// From texts to vectors.
///
/// Every layer is walked in blocks of tokens, so that what a block has become in one step is in the cache for the next;
/// the weights are read once per block. All sizes below follow from the configuration, which the weights were checked
/// against, and from the number of tokens, for which the scratch has made room.
extension TextEncoder {
    /// Writes the vectors of some texts.
    ///
    /// - Shape: `vectors` is texts × width, row-major.
    /// - Complexity: allocates only if the texts are longer than all that the scratch has seen.
    /// - Parameter count: how many texts.
    /// - Parameter text: lends a text by its number: it calls what it is given with the text's bytes.
    /// - Returns: tokens of all texts together, the beginnings and the ends included.
    /// - Precondition: there is room for all vectors.
    @discardableResult
    package func encode(
        count: Int, scratch: EncoderScratch, into vectors: inout MutableSpan<Float>,
        text: (Int, (Span<UInt8>) -> Void) -> Void
    ) -> Int {
        precondition(vectors.count >= count * width, "room for all vectors")
        scratch.tokens.removeAll(keepingCapacity: true)
        scratch.ends.removeAll(keepingCapacity: true)
        for number in 0..<count {
            text(number) { bytes in
                tokenizer.append(bytes, limit: tokenLimit, to: &scratch.tokens, scratch: &scratch.tokenizing)
            }
            scratch.ends.append(scratch.tokens.count)
        }
        precondition(scratch.tokens.count >= 2 * count, "every text was lent")
        var first = 0
        while first < count {
            let begin = first == 0 ? 0 : scratch.ends[first - 1]
            var last = first + 1
            while last < count, scratch.ends[last] - begin <= EncoderScratch.runTokenCount { last += 1 }
            encodeRun(texts: first..<last, firstToken: begin, scratch, into: &vectors)
            first = last
        }
        return scratch.tokens.count
    }

    /// Encodes texts whose tokens stand end to end.
    private func encodeRun(
        texts: Range<Int>, firstToken: Int, _ scratch: EncoderScratch, into vectors: inout MutableSpan<Float>
    ) {
        let tokenCount = scratch.ends[texts.upperBound - 1] - firstToken
        var longest = 0
        var begin = firstToken
        for number in texts {
            longest = max(longest, scratch.ends[number] - begin)
            begin = scratch.ends[number]
        }
        scratch.reserve(tokenCount: tokenCount, longestText: longest, for: self)
        embed(texts: texts, firstToken: firstToken, scratch)
        for layer in weights.layers {
            forEachBlock(of: tokenCount) { first, count in
                project(layer, first, count, scratch)
            }
            begin = firstToken
            for number in texts {
                attend(first: begin - firstToken, count: scratch.ends[number] - begin, scratch)
                begin = scratch.ends[number]
            }
            forEachBlock(of: tokenCount) { first, count in
                transform(layer, first, count, scratch)
            }
        }
        begin = firstToken
        for number in texts {
            pool(first: begin - firstToken, count: scratch.ends[number] - begin, scratch, number, into: &vectors)
            begin = scratch.ends[number]
        }
    }

    /// Cuts tokens into blocks of about the same size.
    private func forEachBlock(of tokenCount: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
        let blockCount = (tokenCount + EncoderScratch.blockTokenCount - 1) / EncoderScratch.blockTokenCount
        for block in 0..<blockCount {
            let first = tokenCount * block / blockCount
            body(first, tokenCount * (block + 1) / blockCount - first)
        }
    }

    /// Looks the tokens' words and places up.
    private func embed(texts: Range<Int>, firstToken: Int, _ scratch: EncoderScratch) {
        let width = configuration.width
        // The scratch has room for the run's states; words are of the vocabulary, which the weights have a row for each
        // of, and places below the limit, which is no more than there are.
        let states = unsafe scratch.states.unsafeAddress
        var token = firstToken
        for number in texts {
            let begin = token
            while token < scratch.ends[number] {
                let state = unsafe states + (token - firstToken) * width
                unsafe kernels.fillRows(
                    state, 1, width, weights.words.unsafeAddress + Int(scratch.tokens[token]) * width)
                unsafe kernels.addNumbers(weights.positions.unsafeAddress + (token - begin) * width, width, state)
                token += 1
            }
        }
        unsafe kernels.normalizeRows(
            states, token - firstToken, width, weights.embeddingScale.unsafeAddress,
            weights.embeddingShift.unsafeAddress, configuration.epsilon)
    }

    /// Adds the product of some rows with a matrix to its bias, or to the sums that are there.
    private func addProduct(
        of rows: UnsafeMutablePointer<Float>, _ count: Int, with matrix: borrowing PackedMatrix,
        to sums: UnsafeMutablePointer<Float>, startsWithBias: Bool
    ) {
        // The matrix has whole panels; the callers' rows are as wide as it is deep.
        unsafe kernels.addProducts(
            rowan_encoder_product(
                rows: rows, row_count: count, row_stride: matrix.depth, depth: matrix.depth,
                panels: matrix.panels.unsafeAddress, panel_count: matrix.columnCount / kernels.panelWidth,
                start: startsWithBias ? UnsafePointer(matrix.bias.unsafeAddress) : nil, sums: sums,
                sum_stride: matrix.columnCount))
    }

    /// Computes queries, keys and values of a block.
    private func project(_ layer: EncoderWeights.Layer, _ first: Int, _ count: Int, _ scratch: EncoderScratch) {
        let width = configuration.width
        // The block lies within the run.
        let target = unsafe scratch.attention.unsafeAddress + first * 3 * width
        unsafe addProduct(
            of: scratch.states.unsafeAddress + first * width, count, with: layer.attention, to: target,
            startsWithBias: true)
    }

    /// Lets the tokens of one text gather from each other, head by head.
    private func attend(first: Int, count: Int, _ scratch: EncoderScratch) {
        let (width, headWidth, panelWidth) = (configuration.width, configuration.headWidth, kernels.panelWidth)
        let panelCount = (count + panelWidth - 1) / panelWidth
        let scoreStride = panelCount * panelWidth
        let factor = 1 / Float(headWidth).squareRoot()
        for head in 0..<configuration.headCount {
            // The text lies within the run; keys, values and scores have room for the longest text of it.
            let queries = unsafe scratch.attention.unsafeAddress + (first * 3 * width + head * headWidth)
            unsafe kernels.packTransposed(queries + width, count, 3 * width, headWidth, scratch.keys.unsafeAddress)
            unsafe kernels.packColumns(
                queries + 2 * width, count, 3 * width, headWidth, scratch.values.unsafeAddress)
            let target = unsafe scratch.gathered.unsafeAddress + (first * width + head * headWidth)
            let scores = unsafe scratch.scores.unsafeAddress
            var query = 0
            while query < count {
                let queryCount = min(EncoderScratch.queryTokenCount, count - query)
                // As above.
                unsafe kernels.addProducts(
                    rowan_encoder_product(
                        rows: queries + query * 3 * width, row_count: queryCount, row_stride: 3 * width,
                        depth: headWidth, panels: scratch.keys.unsafeAddress, panel_count: panelCount,
                        start: scratch.zeros.unsafeAddress, sums: scores, sum_stride: scoreStride))
                let shares = unsafe scratch.shares.unsafeAddress
                unsafe kernels.applyExponential(scores, queryCount, count, scoreStride, factor, shares)
                unsafe kernels.addProducts(
                    rowan_encoder_product(
                        rows: scores, row_count: queryCount, row_stride: scoreStride, depth: count,
                        panels: scratch.values.unsafeAddress, panel_count: headWidth / panelWidth,
                        start: scratch.zeros.unsafeAddress, sums: target + query * width, sum_stride: width))
                unsafe kernels.scaleRows(target + query * width, queryCount, headWidth, width, shares)
                query += queryCount
            }
        }
    }

    /// Takes a block through what follows attention in a layer.
    private func transform(_ layer: EncoderWeights.Layer, _ first: Int, _ count: Int, _ scratch: EncoderScratch) {
        let (width, innerWidth) = (configuration.width, configuration.innerWidth)
        // The block lies within the run, and the inner states have room for a block.
        let states = unsafe scratch.states.unsafeAddress + first * width
        unsafe kernels.addToRows(states, count, width, layer.output.bias.unsafeAddress)
        unsafe addProduct(
            of: scratch.gathered.unsafeAddress + first * width, count, with: layer.output, to: states,
            startsWithBias: false)
        unsafe kernels.normalizeRows(
            states, count, width, layer.outputScale.unsafeAddress, layer.outputShift.unsafeAddress,
            configuration.epsilon)
        let inner = unsafe scratch.inner.unsafeAddress
        unsafe addProduct(of: states, count, with: layer.inner, to: inner, startsWithBias: true)
        unsafe kernels.applyGELU(inner, count * innerWidth)
        unsafe kernels.addToRows(states, count, width, layer.outer.bias.unsafeAddress)
        unsafe addProduct(of: inner, count, with: layer.outer, to: states, startsWithBias: false)
        unsafe kernels.normalizeRows(
            states, count, width, layer.outerScale.unsafeAddress, layer.outerShift.unsafeAddress,
            configuration.epsilon)
    }

    /// Writes the vector of a text: the mean of its tokens' states, brought to length 1.
    private func pool(
        first: Int, count: Int, _ scratch: EncoderScratch, _ number: Int, into vectors: inout MutableSpan<Float>
    ) {
        let width = configuration.width
        // The first state becomes the sum: nobody reads it any more.
        let sums = unsafe scratch.states.unsafeAddress + first * width
        for token in 1..<count { unsafe kernels.addNumbers(sums + token * width, width, sums) }
        var squares = 0.0
        for index in 0..<width {
            // As above.
            let mean = unsafe sums[index] / Float(count)
            unsafe sums[index] = mean
            squares += Double(mean) * Double(mean)
        }
        // The reference's guard against a state of zeros.
        let length = max(Float(squares.squareRoot()), 1e-12)
        for index in 0..<width {
            // As above.
            unsafe vectors[number * width + index] = sums[index] / length
        }
    }
}
