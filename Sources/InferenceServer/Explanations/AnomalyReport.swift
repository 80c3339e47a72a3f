import AnomalyExplanation
import KnowledgeRetrieval
import ModelRepository

/// What is found out about an anomalous row before it is known whether its matter is a new one.
struct AnomalyReport {
    /// What the client has said, without secrets, completed from the log record.
    let context: AnomalyContext
    let message: String
    let maskedMessage: String
    let evidence: RowEvidence
    let signature: AnomalySignature

    /// Looks at a row.
    init(_ anomaly: Anomaly, of model: ExplainedModel) {
        var context = anomaly.context
        var (message, masked) = ("", "")
        if !context.log.isEmpty {
            context.log = SecretRedaction.redacted(context.log)
            let record = LogMessage(record: context.log)
            (message, masked) = (record.text, record.masked)
            if context.service.isEmpty { context.service = record.service ?? "" }
            if context.host.isEmpty { context.host = record.host ?? "" }
        }
        let fits = anomaly.row.count == model.featureNames.count
        evidence = RowEvidence(
            row: anomaly.row, names: model.featureNames,
            contributions: fits ? model.plan.explainer?.contributions(of: anomaly.row) : nil, reference: model.reference
        )
        let limit =
            message.isEmpty
            ? ExplanationLimits.signatureFeatures : ExplanationLimits.signatureFeaturesWithMessage
        signature = AnomalySignature(
            model: model.name, service: context.service, tenant: context.tenant, message: masked,
            features: evidence.leading(limit).map(\.name))
        self.context = context
        self.message = message
        maskedMessage = masked
    }

    /// Opens an incident with the row.
    func incident(_ anomaly: Anomaly, of model: ExplainedModel, job: ExplanationJob) -> Incident {
        Incident(
            anomaly, signature: signature,
            model: Incident.Model(name: model.name, version: model.version, rule: model.plan.rule), context: context,
            message: message, maskedMessage: maskedMessage, evidence: evidence, job: job)
    }

}
