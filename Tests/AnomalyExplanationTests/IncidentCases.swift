import KnowledgeRetrieval
import LinuxSystem
import OpenInferenceProtocol

@testable import AnomalyExplanation

/// Anomalies, incidents and documents that several suites look at.
enum IncidentCases {
    /// 2026-01-02T03:04:05Z.
    static let time: Int64 = 1_767_323_045_000_000_000

    static func identity(_ sequence: UInt64) -> ExplanationIdentity {
        ExplanationIdentity(origin: 0xABC, sequence: sequence)
    }

    static func anomaly(_ sequence: UInt64, seconds: Int64 = 0, value: Double = 0.986) -> Anomaly {
        Anomaly(
            identity: identity(sequence), time: time + seconds * 1_000_000_000, value: value, row: [0.972, 0.31],
            context: AnomalyContext(service: "checkout"))
    }

    static func place(share: Double, outside: ReferencePlace.Side? = nil) -> ReferencePlace {
        ReferencePlace(share: share, low: 0.31, median: 0.45, high: 0.58, outside: outside, rowCount: 20_000)
    }

    static let heap = FeatureEvidence(
        name: "heap_used_ratio", value: 0.972, contribution: 1.9, share: 0.6, place: place(share: 1, outside: .above))
    static let pause = FeatureEvidence(
        name: "gc_pause_seconds", value: 0.31, contribution: 0.95, share: 0.3, place: place(share: 0.994))
    static let disk = FeatureEvidence(
        name: "disk_used_ratio", value: 0.4, contribution: -0.2, share: 0, place: place(share: 0.4))

    static let evidence = RowEvidence(features: [heap, pause, disk], method: .contributions)

    static func incident(
        _ sequence: UInt64 = 1, seconds: Int64 = 0, evidence: RowEvidence = evidence, message: String = "",
        masked: String = "", model: String = "xgboost_anomaly"
    ) -> Incident {
        let anomaly = anomaly(sequence, seconds: seconds)
        let features = evidence.leading(3).map(\.name)
        return Incident(
            anomaly,
            signature: AnomalySignature(
                model: model, service: "checkout", tenant: "", message: masked, features: features),
            model: Incident.Model(name: model, version: "1", rule: "probabilities[1] > 0.85"),
            context: anomaly.context, message: message, maskedMessage: masked, evidence: evidence,
            job: ExplanationJob(now: .zero))
    }

    static let runbook = RetrievedDocument(
        id: "jvm-heap", title: "JVM heap is nearly full",
        sections: [
            DocumentSection(heading: "Meaning", text: "The heap is full.\nThe collector runs without freeing much."),
            DocumentSection(heading: "Impact", text: "Requests wait for the collector."),
            DocumentSection(
                heading: "Diagnosis",
                text: "1. Take a histogram:\n```\njcmd 1 GC.class_histogram\n```\n2. Look at the rate."),
            DocumentSection(
                heading: "Mitigation", text: "- Restart one replica.\n- Raise `-Xmx`\n  if memory is free."),
            DocumentSection(heading: "Prevention", text: "Alert at 80 %."),
        ],
        excerpt: "The heap is full.", score: 1,
        why: RetrievedDocument.Reason(keywordRank: 1, keywordScore: 9, terms: ["heap", "gc", "pause"]))
}
