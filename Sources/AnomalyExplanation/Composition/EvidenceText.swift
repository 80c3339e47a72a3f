/// Says in sentences which features made a row anomalous.
enum EvidenceText {
    static func paragraph(for incident: Incident) -> String {
        let model = incident.model
        var text = "Model \(model.name) (version \(model.version)) gives \(FigureText.number(incident.value))"
        text += ", and its rule is \(model.rule)."
        let leading = incident.evidence.leading(ExplanationLimits.signatureFeatures)
        switch incident.evidence.method {
        case .contributions:
            let share = leading.reduce(0) { $0 + $1.share }
            let others = incident.evidence.features.contains { $0.share > 0 && !leading.contains($0) }
            text += leading.count == 1 ? " One feature makes" : " \(count(leading.count)) features together make"
            text += " \(FigureText.percent(share)) of what raises it"
            text += others ? ": " : ", all of it: "
            text += leading.map(sentence).joined(separator: "; ") + "."
        case .rarity:
            text += " How much each feature adds is not known of this model; the rarest values are: "
            text += leading.map(sentence).joined(separator: "; ") + "."
        case .none:
            text += " No single feature stands out: each is within what training has seen."
        }
        return text
    }

    private static func count(_ count: Int) -> String {
        count < 4 ? ["No", "One", "Two", "Three"][count] : "\(count)"
    }

    /// One feature: its value, and where that lies.
    static func sentence(_ feature: FeatureEvidence) -> String {
        let value = FigureText.value(feature.value, of: feature.name)
        guard let place = feature.place else { return "`\(feature.name)` is \(value)" }
        return "`\(feature.name)` is \(value), \(comparison(place, feature.name))"
    }

    /// Where a value lies among those of training.
    static func comparison(_ place: ReferencePlace, _ name: String) -> String {
        let usual = "usually \(FigureText.value(place.low, of: name)) to \(FigureText.value(place.high, of: name))"
        let rows = FigureText.number(Double(place.rowCount))
        switch place.outside {
        case .above: return "above all \(rows) rows of training (\(usual))"
        case .below: return "below all \(rows) rows of training (\(usual))"
        case nil: break
        }
        if place.share >= 0.9 {
            return "higher than in \(FigureText.percent(place.share)) of training's rows (\(usual))"
        }
        if place.share <= 0.1 {
            return "lower than in \(FigureText.percent(1 - place.share)) of training's rows (\(usual))"
        }
        return "which alone is not unusual (\(usual))"
    }
}
