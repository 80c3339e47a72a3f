import HTTPConnections
import Testing

@testable import InferenceServer

/// The description of the inference port against the table of paths that serves it.
struct OpenAPIDocumentTests {
    private static let values = [
        "model": "m", "version": "3", "repository": "main", "region": "r", "split": "s", "document": "d", "id": "e",
    ]

    /// The resource that an operation's path leads to once its variable pieces have values.
    private func resource(of operation: OpenAPIOperation) -> EndpointTable.Endpoint? {
        let path = operation.pathParameters.reduce(operation.path) { path, name in
            path.replacing("{\(name)}", with: Self.values[name] ?? "")
        }
        let bytes = Array(path.utf8)
        return EndpointTable.endpoint(for: bytes.span)
    }

    @Test(arguments: EndpointSubject.allCases) func `what is described is what the table serves`(
        _ subject: EndpointSubject
    ) throws {
        let operations = OpenAPIOperation.operations(of: subject)
        #expect(!operations.isEmpty)
        for operation in operations {
            let endpoint = try #require(resource(of: operation), "\(operation.path) leads nowhere")
            #expect(endpoint.subject == subject, "\(operation.path)")
            #expect(EndpointTable.methods(of: endpoint).contains(HTTPMethodSet(operation.method)), "\(operation.id)")
        }
    }

    @Test(arguments: EndpointSubject.allCases) func `every method of a resource is described`(
        _ subject: EndpointSubject
    ) throws {
        let operations = OpenAPIOperation.operations(of: subject)
        for operation in operations {
            let methods = EndpointTable.methods(of: try #require(resource(of: operation)))
            // HEAD is what GET is, without the body.
            for method in [HTTPMethod.get, .post, .put, .delete, .patch] where methods.contains(HTTPMethodSet(method)) {
                #expect(
                    operations.contains { $0.path == operation.path && $0.method == method },
                    "\(method) \(operation.path) is not described")
            }
        }
    }

    @Test func `names of operations are unique`() {
        #expect(Set(OpenAPIOperation.all.map(\.id)).count == OpenAPIOperation.all.count)
        #expect(OpenAPIOperation.all.count == EndpointSubject.allCases.map(OpenAPIOperation.operations).joined().count)
    }

    @Test func `a status is described once for each operation`() {
        for operation in OpenAPIOperation.all {
            let statuses = operation.answersByStatus.map(\.status.rawValue)
            #expect(statuses == Set(statuses).sorted(), "\(operation.id)")
        }
    }
}
