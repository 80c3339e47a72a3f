import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
struct TemplateStub {
    func append(_ columns: [OutputColumn], rows: Range<Int>, _ outputs: OutputSelection, id: Span<UInt8>, to: inout ByteBuffer) -> Int? { nil }
}
extension ServedModel { var template: TemplateStub { TemplateStub() } }
enum ServerMetadata { static func write(to: inout ByteBuffer) {} }
enum ModelMetadata { static func write(_ m: ServedModel, versions: [Int64], to: inout ByteBuffer) {} }
