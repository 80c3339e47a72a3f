// Trees as CatBoost's JSON writes them.

extension CatBoostModel {
    /// Reads an oblivious tree whose object has begun.
    mutating func readObliviousTree(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        let firstQuestion = questions.count
        let firstValue = leafValues.count
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "splits":
                // A tree without splits has null here.
                let token = try document.next(in: bytes)
                if case .null = token { return }
                guard case .beginArray = token else { throw document.expected("an array") }
                try document.readElements(in: bytes) { (document, token, _) throws(TreeEnsembleFault) in
                    guard case .beginObject = token else { throw document.expected("an object") }
                    questions.append(try Self.readQuestion(&document, bytes))
                }
            case "leaf_values": try document.readDoubles(in: bytes, into: &leafValues)
            case "leaf_weights": try document.readDoubles(in: bytes, into: &leafWeights)
            default: try document.skipValue(in: bytes)
            }
        }
        let questionCount = questions.count - firstQuestion
        guard questionCount <= TreeEnsembleLimits.obliviousDepth else {
            throw TreeEnsembleFault(
                .limit(
                    what: "splits of an oblivious tree", value: questionCount,
                    limit: TreeEnsembleLimits.obliviousDepth),
                at: document.offset)
        }
        let valueCount = leafValues.count - firstValue
        if leafWidth == 0 && valueCount % (1 << questionCount) == 0 { leafWidth = valueCount >> questionCount }
        let needed = max(1, leafWidth) << questionCount
        guard valueCount == needed else {
            throw TreeEnsembleFault(
                .inconsistent("\(valueCount) leaf values where \(questionCount) splits need \(needed)"),
                at: document.offset)
        }
        questionCounts.append(questionCount)
    }

    /// Reads a node whose object has begun, with everything below it.
    ///
    /// The document's limit of nesting bounds the recursion. Leaves are numbered as they come, from left to right.
    ///
    /// - Returns: the node's position in `nodes`.
    mutating func readNode(_ document: inout JSONDocument, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        let position = nodes.count
        try TreeEnsembleBuilder.checkLimit("nodes", position + 1, TreeEnsembleLimits.nodeCount)
        nodes.append(.leaf(-1))
        var left: Int?
        var right: Int?
        var question: Question?
        var valueCount = 0
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "left": left = try readChild(&document, bytes)
            case "right": right = try readChild(&document, bytes)
            case "split":
                guard case .beginObject = try document.next(in: bytes) else { throw document.expected("an object") }
                question = try Self.readQuestion(&document, bytes)
            case "value": valueCount = try readLeafValue(&document, bytes)
            case "weight": leafWeights.append(try document.readDouble(in: bytes))
            default: try document.skipValue(in: bytes)
            }
        }
        if let left, let right, let question, valueCount == 0 {
            nodes[position] = .split(question, left: left, right: right)
            return position
        }
        guard left == nil && right == nil && question == nil && valueCount > 0 else {
            throw TreeEnsembleFault(.inconsistent("a node that is neither a split nor a leaf"), at: document.offset)
        }
        if leafWidth == 0 { leafWidth = valueCount }
        guard valueCount == leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("\(valueCount) values of a leaf where others have \(leafWidth)"), at: document.offset)
        }
        nodes[position] = .leaf(leafValues.count / leafWidth - 1)
        return position
    }

    private mutating func readChild(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Int {
        guard case .beginObject = try document.next(in: bytes) else { throw document.expected("an object") }
        return try readNode(&document, bytes)
    }

    /// Reads a number, or a list of one for each dimension.
    private mutating func readLeafValue(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Int {
        let firstValue = leafValues.count
        switch try document.next(in: bytes) {
        case .number(let number): leafValues.append(number.double(in: bytes))
        case .beginArray:
            try document.readElements(in: bytes) { (document, token, _) throws(TreeEnsembleFault) in
                guard case .number(let number) = token else { throw document.expected("a number") }
                leafValues.append(number.double(in: bytes))
            }
        default: throw document.expected("a number or a list of numbers")
        }
        return leafValues.count - firstValue
    }

    /// Reads a split whose object has begun.
    private static func readQuestion(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Question {
        var floatFeature: Int?
        var categoricalFeature: Int?
        var border: Float?
        var hash: UInt32?
        var type = ""
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "float_feature_index": floatFeature = try CatBoostJSONFormat.readIndex(&document, bytes)
            case "cat_feature_index": categoricalFeature = try CatBoostJSONFormat.readIndex(&document, bytes)
            case "border":
                guard case .number(let number) = try document.next(in: bytes) else {
                    throw document.expected("a number")
                }
                border = number.float(in: bytes)
            case "value":
                // The lower half of a hash, written with a sign.
                let value = try document.readInteger(in: bytes)
                guard let bits = Int32(exactly: value) else { throw document.expected("an integer of 32 bits") }
                hash = UInt32(bitPattern: bits)
            case "split_type":
                type = try document.readString(in: bytes)
                guard type == "FloatFeature" || type == "OneHotFeature" else {
                    throw TreeEnsembleFault(.unsupported("split type \"\(type)\""), at: document.offset)
                }
            default: try document.skipValue(in: bytes)
            }
        }
        if type == "OneHotFeature" {
            guard let categoricalFeature, let hash else {
                throw TreeEnsembleFault(
                    .missing, field: categoricalFeature == nil ? "cat_feature_index" : "value", at: document.offset)
            }
            return .isCategory(feature: categoricalFeature, hash: hash)
        }
        guard let floatFeature, let border else {
            throw TreeEnsembleFault(
                .missing, field: floatFeature == nil ? "float_feature_index" : "border", at: document.offset)
        }
        return .isAbove(feature: floatFeature, border: border)
    }
}
