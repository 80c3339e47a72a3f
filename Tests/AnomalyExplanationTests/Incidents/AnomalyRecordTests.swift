import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import AnomalyExplanation

/// Rows on their way between threads.
@Suite struct AnomalyRecordTests {
    private func append(_ anomaly: Anomaly, hasContext: Bool = true, to buffer: inout ByteBuffer) {
        let texts = [anomaly.context.log, anomaly.context.service, anomaly.context.host, anomaly.context.tenant]
        let before = buffer.count
        let contextByteCount = hasContext ? texts.reduce(0) { $0 + 4 + $1.utf8.count } : 0
        AnomalyRecord.appendHead(
            anomaly.identity, time: anomaly.time, value: anomaly.value, featureCount: anomaly.row.count,
            splitByteCount: anomaly.split.utf8.count, contextByteCount: contextByteCount, to: &buffer)
        for feature in anomaly.row { AnomalyRecord.append(feature: feature, to: &buffer) }
        for text in [anomaly.split] + (hasContext ? texts : []) {
            let bytes = Array(text.utf8)
            ExplanationContext.append(bytes.span, to: &buffer)
        }
        if !hasContext { AnomalyRecord.appendNoContext(to: &buffer) }
        #expect(
            buffer.count - before
                == AnomalyRecord.byteCount(
                    featureCount: anomaly.row.count, splitByteCount: anomaly.split.utf8.count,
                    contextByteCount: contextByteCount))
    }

    private var anomaly: Anomaly {
        Anomaly(
            identity: ExplanationIdentity(origin: 7, sequence: 9), time: 11, value: 0.9, row: [1, -2.5], split: "s",
            context: AnomalyContext(log: "lög", service: "a", host: "", tenant: "t"))
    }

    @Test func `records are read as they were written, one behind the other`() {
        var buffer = ByteBuffer()
        append(anomaly, to: &buffer)
        append(IncidentCases.anomaly(3), hasContext: false, to: &buffer)
        buffer.withBytes { bytes in
            var place = 0
            #expect(AnomalyRecord.next(in: bytes, from: &place) == anomaly)
            var plain = IncidentCases.anomaly(3)
            plain.context = AnomalyContext()
            #expect(AnomalyRecord.next(in: bytes, from: &place) == plain)
            #expect(place == bytes.count)
            #expect(AnomalyRecord.next(in: bytes, from: &place) == nil)
        }
    }

    @Test func `what is cut or damaged is no record`() {
        var buffer = ByteBuffer()
        append(anomaly, to: &buffer)
        buffer.withBytes { bytes in
            for count in 0..<bytes.count {
                var place = 0
                #expect(AnomalyRecord.next(in: bytes.extracting(0..<count), from: &place) == nil)
                #expect(place == count)
            }
            for index in bytes.indices {
                var damaged = bytes.indices.map { bytes[$0] }
                damaged[index] = 0xff
                var place = 0
                // Whatever is read, nothing outside the bytes is.
                _ = AnomalyRecord.next(in: damaged.span, from: &place)
                #expect(place > 0)
            }
        }
    }
}
