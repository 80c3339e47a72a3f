import LinuxSystem
import TestSupport

@testable import TextEmbedding

/// The encoder that `.ci/embedder` has fetched, for tests that compare with the reference.
enum EmbedderFolder {
    static let path = "\(RepositoryRoot.path)/.build/embedder/text_embedder/1"

    /// The sets of instructions that this machine has, asked for by their names in `/proc/cpuinfo`.
    static let present: [EncoderInstructions] = {
        let text = (try? FileSystem.readText("/proc/cpuinfo", byteCountLimit: 1 << 24)) ?? ""
        let flags = Set((text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? "").split(separator: " "))
        return [.baseline] + (flags.isSuperset(of: ["avx2", "fma"]) ? [.avx2] : [])
            + (flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) ? [.avx512] : [])
    }()

    /// Whether it is there; says so if it is not.
    static func isThere() -> Bool {
        let isThere = FileSystem.exists(path + "/" + EncoderFiles.weights)
        if !isThere { print("not run: no embedder; `make embedder` fetches it") }
        return isThere
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let content = try FileSystem.read("\(path)/\(name)", byteCountLimit: 1 << 30)
        return content.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    static func encoder(_ instructions: EncoderInstructions) throws -> TextEncoder {
        let configuration = try FileSystem.read("\(path)/config.json", byteCountLimit: 1 << 20)
        let vocabulary = try FileSystem.read("\(path)/vocab.txt", byteCountLimit: 1 << 24)
        let weights = try FileSystem.read("\(path)/model.safetensors", byteCountLimit: 1 << 30)
        return try TextEncoder(
            configuration: configuration.bytes, vocabulary: vocabulary.bytes, weights: weights.bytes,
            instructions: instructions)
    }
}
