import LinuxSystem

// The two ways in which checkpoints hold a tree.

extension TreeliteTree {
    /// Version 4: an array for every property of a node.
    mutating func readVersion4(
        _ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>, _ precision: TreeEnsemble.Precision
    ) throws(TreeEnsembleFault) {
        let width = precision == .float32 ? 4 : 8
        func array(_ width: Int) throws(TreeEnsembleFault) -> TreeliteCursor.Elements {
            try cursor.array(ofWidth: width, in: bytes)
        }
        let (kinds, lefts, rights, features, defaults) = (
            try array(1), try array(4), try array(4), try array(4), try array(1)
        )
        let (values, thresholds, operators, categoriesRight) = (
            try array(width), try array(width), try array(1), try array(1)
        )
        let (vectors, vectorStarts, vectorEnds) = (try array(width), try array(8), try array(8))
        let (categories, categoryStarts, categoryEnds) = (try array(4), try array(8), try array(8))
        let (counts, hasCount, hessians, hasHessian) = (try array(8), try array(1), try array(8), try array(1))
        _ = try array(8)
        _ = try array(1)
        let lists = [
            lefts, rights, features, defaults, values, thresholds, operators, categoriesRight, vectorStarts, vectorEnds,
            categoryStarts, categoryEnds,
        ]
        guard lists.allSatisfy({ $0.count == kinds.count }) else {
            throw TreeEnsembleFault(.inconsistent("node lists of different lengths"), at: kinds.start)
        }
        setLeafValues((0..<vectors.count).map { Self.number(bytes, at: vectors.offset(of: $0), precision) })
        setCategories(categories, bytes)
        func index64(_ elements: TreeliteCursor.Elements, _ node: Int) -> UInt64 {
            bytes.littleEndian(UInt64.self, at: elements.offset(of: node))
        }
        func index32(_ elements: TreeliteCursor.Elements, _ node: Int) -> Int32 {
            bytes.littleEndian(Int32.self, at: elements.offset(of: node))
        }
        func cover(_ node: Int) -> Double? {
            if node < hasHessian.count && node < hessians.count && bytes[hasHessian.offset(of: node)] != 0 {
                return Double(bitPattern: index64(hessians, node))
            }
            guard node < hasCount.count && node < counts.count && bytes[hasCount.offset(of: node)] != 0 else {
                return nil
            }
            return Double(index64(counts, node))
        }
        nodes.reserveCapacity(kinds.count)
        for node in 0..<kinds.count {
            let kind: Node.Kind
            switch bytes[kinds.offset(of: node)] {
            case 0: kind = .leaf
            case 1: kind = .numerical(try Self.comparison(bytes[operators.offset(of: node)]))
            case 2: kind = .categorical(membersGoRight: bytes[categoriesRight.offset(of: node)] != 0)
            case let number: throw TreeEnsembleFault(.unsupported("a node of type \(number)"), field: "node_type")
            }
            let isLeaf = if case .leaf = kind { true } else { false }
            nodes.append(
                Node(
                    kind: kind, left: index32(lefts, node), right: index32(rights, node),
                    feature: Int(index32(features, node)), missingGoesLeft: bytes[defaults.offset(of: node)] != 0,
                    value: Self.number(bytes, at: (isLeaf ? values : thresholds).offset(of: node), precision),
                    vector: try Self.range(
                        index64(vectorStarts, node), index64(vectorEnds, node), of: vectors.count, "leaf_vector"),
                    categories: try Self.range(
                        index64(categoryStarts, node), index64(categoryEnds, node), of: categories.count,
                        "category_list"),
                    cover: cover(node)))
        }
    }

    /// Version 3: a record for each node, then leaf values and categories.
    ///
    /// - Layout: children at 0 and 4, feature with the default direction as highest bit at 8, threshold or leaf value
    ///   at 12, of doubles at 16; then 8 bytes each of count, sum of hessians and gain, then bytes of kind, operator,
    ///   presence of count, of hessians and of gain, and whether categories go right; 48 or 56 bytes with padding.
    mutating func readVersion3(
        _ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>, _ precision: TreeEnsemble.Precision
    ) throws(TreeEnsembleFault) {
        let isFloat = precision == .float32
        let records = try cursor.array(ofWidth: isFloat ? 48 : 56, in: bytes)
        let vectors = try cursor.array(ofWidth: isFloat ? 4 : 8, in: bytes)
        let vectorStarts = try cursor.array(ofWidth: 8, in: bytes)
        let vectorEnds = try cursor.array(ofWidth: 8, in: bytes)
        let categories = try cursor.array(ofWidth: 4, in: bytes)
        let categoryOffsets = try cursor.array(ofWidth: 8, in: bytes)
        guard vectorStarts.count == records.count && vectorEnds.count == records.count,
            categoryOffsets.count == records.count + 1
        else { throw TreeEnsembleFault(.inconsistent("node lists of different lengths"), at: records.start) }
        setLeafValues((0..<vectors.count).map { Self.number(bytes, at: vectors.offset(of: $0), precision) })
        setCategories(categories, bytes)
        func offset(_ elements: TreeliteCursor.Elements, _ index: Int) -> UInt64 {
            bytes.littleEndian(UInt64.self, at: elements.offset(of: index))
        }
        nodes.reserveCapacity(records.count)
        for node in 0..<records.count {
            let start = records.offset(of: node)
            let left = bytes.littleEndian(Int32.self, at: start)
            let featureBits = bytes.littleEndian(UInt32.self, at: start + 8)
            let statistics = start + (isFloat ? 16 : 24)
            let flags = statistics + 24
            let kind: Node.Kind
            switch (left, bytes[flags]) {
            case (-1, _): kind = .leaf
            case (_, 1): kind = .numerical(try Self.comparison(bytes[flags + 1]))
            case (_, 2): kind = .categorical(membersGoRight: bytes[flags + 5] != 0)
            case (_, let number): throw TreeEnsembleFault(.unsupported("a node of type \(number)"), field: "split_type")
            }
            let count: Double? =
                bytes[flags + 2] == 0 ? nil : Double(bytes.littleEndian(UInt64.self, at: statistics))
            let hessians: Double? =
                bytes[flags + 3] == 0
                ? nil : Double(bitPattern: bytes.littleEndian(UInt64.self, at: statistics + 8))
            nodes.append(
                Node(
                    kind: kind, left: left, right: bytes.littleEndian(Int32.self, at: start + 4),
                    feature: Int(featureBits & 0x7fff_ffff), missingGoesLeft: featureBits >> 31 != 0,
                    value: Self.number(bytes, at: start + (isFloat ? 12 : 16), precision),
                    vector: try Self.range(
                        offset(vectorStarts, node), offset(vectorEnds, node), of: vectors.count, "leaf_vector"),
                    categories: try Self.range(
                        offset(categoryOffsets, node), offset(categoryOffsets, node + 1), of: categories.count,
                        "category_list"),
                    cover: hessians ?? count))
        }
    }
}
