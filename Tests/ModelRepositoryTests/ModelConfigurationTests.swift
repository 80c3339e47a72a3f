import Testing

@testable import ModelRepository

struct ModelConfigurationTests {
    static func fault(_ text: String) -> String? {
        do throws(TextFormatFault) {
            _ = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "m")
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("name: \"other\"", "1:1: the name 'other' differs from the directory's, 'm'"),
        ("backend: \"fill\"", "1:1: backend 'fill' is not served; did you mean 'fil'?"),
        (
            "backend: \"python\"",
            "1:1: backend 'python' is not served; 'forest', 'fil', 'text_encoder' and ensembles are, and without this "
                + "line the model file says what it is"
        ),
        (
            "platform: \"tensorrt_plan\"",
            "1:1: platform 'tensorrt_plan' is not served; 'forest', 'fil', 'text_encoder' and ensembles are, and "
                + "without this line the model file says what it is"
        ),
        ("\nmax_batch_size: -1", "2:1: max_batch_size is negative"),
        ("input { dims: 1 }", "1:7: the input has no name"),
        ("input { name: \"a\" dims: 1 }", "1:7: input 'a' has no data_type"),
        ("input { name: \"a\" data_type: TYPE_FP32 }", "1:7: input 'a' has no dims"),
        (
            "input { name: \"a\" data_type: TYPE_FP32 dims: 0 }",
            "1:40: a dimension of input 'a' is neither positive nor -1"
        ),
        (
            "output { name: \"a\" data_type: TYPE_FP32 dims: -2 }",
            "1:41: a dimension of output 'a' is neither positive nor -1"
        ),
        (
            "input { name: \"a\" data_type: TYPE_FP32 dims: 1 } input { name: \"a\" data_type: TYPE_FP32 dims: 1 }",
            "1:58: input 'a' is given twice"
        ),
        ("version_policy { specific { } }", "1:1: no version is named"),
        ("version_policy { specific { versions: -1 } }", "1:1: versions are not negative"),
        ("model_transaction_policy { decoupled: true }", "1:1: decoupled models are not served"),
        (
            "metric_tags { key: \"a-b\" value: \"x\" }",
            "1:15: metric_tags key 'a-b' is not of letters, digits and underscores"
        ),
        (
            "metric_tags { value: \"x\" }",
            "1:13: metric_tags key '' is not of letters, digits and underscores"
        ),
        ("instance_group { count: -1 }", "1:18: the count is negative"),
        ("default_model_filename: \"../x\"", "1:1: default_model_filename is not the plain name of a file"),
        ("default_model_filename: \"a/b\"", "1:1: default_model_filename is not the plain name of a file"),
        (
            "dynamic_batching { preferred_batch_size: 0 }",
            "1:20: preferred_batch_size 0 is not within 1 to max_batch_size"
        ),
        (
            "max_batch_size: 8 dynamic_batching { preferred_batch_size: [ 4, 9 ] }",
            "1:65: preferred_batch_size 9 is not within 1 to 8"
        ),
        (
            "dynamic_batching { priority_levels: 1025 default_priority_level: 1 }",
            "1:20: priority_levels 1025 is not within 0 to \(ModelRepositoryLimits.priorityLevelLimit)"
        ),
        ("dynamic_batching { priority_levels: 2 }", "1:18: default_priority_level 0 is not within 1 to 2"),
        (
            "dynamic_batching { priority_levels: 2 default_priority_level: 3 }",
            "1:39: default_priority_level 3 is not within 1 to 2"
        ),
        (
            "dynamic_batching { priority_levels: 1 default_priority_level: 1 priority_queue_policy { key: 2 } }",
            "1:87: priority_queue_policy names level 2 of 1"
        ),
        (
            "dynamic_batching { preserve_ordering: true priority_levels: 2 default_priority_level: 1 }",
            "1:20: preserve_ordering excludes several priority levels"
        ),
        (
            "dynamic_batching { preserve_ordering: true "
                + "default_queue_policy { timeout_action: DELAY default_timeout_microseconds: 1 } }",
            "1:20: preserve_ordering excludes timeouts that delay"
        ),
        ("sequence_batching { }", "1:1: 'sequence_batching' is refused: sequences of requests are not served"),
    ])
    func `what makes no sense is refused at its place`(_ text: String, _ fault: String) {
        #expect(Self.fault(text) == fault)
    }

    @Test func `a full configuration is read`() throws {
        let text = """
            name: "m"
            backend: "fil"
            max_batch_size: 16
            version_policy: { specific { versions: [ 1, 3 ] } }
            metric_tags { key: "team" value: "ops" }
            instance_group [ { kind: KIND_GPU } ]
            dynamic_batching {
              preferred_batch_size: [ 4, 8 ]
              max_queue_delay_microseconds: 100
              priority_levels: 2
              default_priority_level: 1
              priority_queue_policy { key: 2 value { timeout_action: DELAY max_queue_size: 7 } }
            }
            """
        let read = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "m")
        #expect(read.backend == .fil)
        #expect(read.maxBatchSize == 16)
        #expect(read.versionPolicy == .specific([1, 3]))
        #expect(read.metricTags == [.init(key: "team", value: "ops")])
        let batching = try #require(read.dynamicBatching)
        #expect(batching.preferredBatchSizes == [4, 8])
        #expect(batching.queueDelayMicroseconds == 100)
        #expect(batching.priorityQueuePolicies[2] == .init(timeoutAction: .delay, queueSizeLimit: 7))
        // Whatever acts needs no notice.
        #expect(read.notices.map(\.field) == ["instance_group.kind"])
    }

    @Test func `the server's own parameters are dropped when they are read back`() throws {
        let text = """
            parameters { key: "rowan.engine" value { string_value: "x" } }
            parameters { key: "threshold" value { string_value: "0.5" } }
            """
        let read = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "m")
        #expect(read.parameters.map(\.key) == ["threshold"])
        #expect(!String(decoding: read.json, as: UTF8.self).contains("rowan.engine"))
    }

    @Test(arguments: [
        ("", 1), ("version_policy { latest { } }", 1), ("version_policy { latest { num_versions: 3 } }", 3),
    ])
    func `the highest versions serve by default`(_ text: String, _ count: Int) throws {
        let read = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "m")
        #expect(read.versionPolicy == .latest(count))
    }
}
