/// The list of every file format, in the order in which they are asked whether they recognise a file.
package enum TreeEnsembleFormats {
    static var all: [any TreeEnsembleFormat.Type] {
        [
            XGBoostJSONFormat.self, XGBoostUBJSONFormat.self, CatBoostJSONFormat.self, CatBoostCBMFormat.self,
            ONNXFormat.self, LightGBMFormat.self, RowanForestFormat.self, TreeliteCheckpointFormat.self,
            XGBoostBinaryFormat.self,
        ]
    }

    /// Platform strings of all formats.
    package static var platforms: [String] { all.map { $0.platform } }

    /// Reads a model file of any listed format.
    ///
    /// The content decides, not the file's name.
    ///
    /// - Complexity: linear in the file's size; memory is bounded by a small multiple of it.
    /// - Parameter fileName: stands in fault messages only.
    /// - Parameter platform: the only format to try, if the configuration names one.
    /// - Throws: `unknownFormat`, or what the format's reader found, with file name and format filled in.
    package static func load(
        fileName: String, bytes: Span<UInt8>, platform: String? = nil
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        var chosenPlatform = ""
        do throws(TreeEnsembleFault) {
            guard bytes.count <= TreeEnsembleLimits.fileByteCount else {
                throw TreeEnsembleFault(
                    .limit(what: "bytes of a file", value: bytes.count, limit: TreeEnsembleLimits.fileByteCount))
            }
            for format in all where platform == format.platform || platform == nil && format.recognises(bytes) {
                chosenPlatform = format.platform
                let ensemble = try format.parse(bytes)
                guard ensemble.featureCount > 0 else {
                    throw TreeEnsembleFault(.inconsistent("a model without features, which has no rows"))
                }
                return ensemble
            }
            throw TreeEnsembleFault(.unknownFormat)
        } catch {
            var fault = error
            fault.fileName = fileName
            fault.format = chosenPlatform
            throw fault
        }
    }

    /// Platform string of the format that a file looks like.
    package static func platform(of bytes: Span<UInt8>) -> String? {
        for format in all where format.recognises(bytes) { return format.platform }
        return nil
    }
}
