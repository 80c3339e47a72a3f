/// Forests in Rowan's own file: JSON that says every number and every rule outright, in doubles.
///
/// It is written by `training/export_sklearn.py` for scikit-learn, which has no exact file of its own besides pickle.
/// The members are described in the article RowanForestFile; whatever stands in front of `trees` is read by
/// `RowanForestHeader`, each tree by `RowanForestTree`. Only one tree is held besides the forest that grows.
///
/// - Source: scikit-learn 1.9.1. Semantic choices: a value goes left when it is not above the threshold, a double;
///   where the trainer casts inputs to float32, the threshold becomes the greatest float32 that is not above it, which
///   float32 values meet alike. Sums are float64.
enum RowanForestFormat: TreeEnsembleFormat {
    static var platform: String { "rowan_forest" }

    /// The newest version of the file that is read.
    private static let newestVersion = 1

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        JSONDocument.firstKey(of: bytes) == platform
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var document = JSONDocument()
        var header = RowanForestHeader()
        var forest: TreeEnsemble?
        guard case .beginObject = try document.next(in: bytes) else { throw document.expected("an object") }
        while case .key(let key) = try document.next(in: bytes) {
            let name = try document.decode(key, in: bytes)
            guard forest == nil else {
                throw TreeEnsembleFault(.inconsistent("the member stands behind the trees"), field: name)
            }
            if name == "trees" {
                // What is wrong with the header is found here, and told by the names of the header's own members.
                let builder = try TreeEnsembleBuilder(try header.builderHeader())
                forest = try within(name) { () throws(TreeEnsembleFault) in
                    try readTrees(&document, bytes, header, into: builder)
                }
            } else {
                try within(name) { () throws(TreeEnsembleFault) in
                    if name == platform {
                        try checkVersion(&document, bytes)
                    } else {
                        try header.readMember(name, &document, bytes)
                    }
                }
            }
        }
        guard case .end = try document.next(in: bytes) else { throw document.expected("the end of the document") }
        guard let forest else { throw TreeEnsembleFault(.missing, field: "trees") }
        return forest
    }

    private static func checkVersion(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        let version = try document.readInteger(in: bytes)
        guard version >= 1 && version <= newestVersion else {
            throw TreeEnsembleFault(.unsupported("version \(version) of the file"), at: document.offset)
        }
    }

    private static func readTrees(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, _ header: RowanForestHeader,
        into emptyBuilder: TreeEnsembleBuilder
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        var builder = emptyBuilder
        var sets = header.categorySets
        try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
            let tree = try RowanForestTree(&document, bytes)
            try tree.build(into: &builder, header, &sets)
            if builder.treeCount % header.treesPerIteration == 0 { builder.endIteration() }
        }
        guard builder.treeCount % header.treesPerIteration == 0 else {
            throw TreeEnsembleFault(
                .inconsistent("\(builder.treeCount) trees in rounds of \(header.treesPerIteration)"))
        }
        return try builder.finish()
    }
}
