/// The names of an encoder's files, as sentence-transformers saves them.
package enum EncoderFiles {
    package static let configuration = "config.json"
    package static let vocabulary = "vocab.txt"
    package static let weights = "model.safetensors"

    package static let all = [configuration, vocabulary, weights]
}
