/// How documents are cut.
package struct ChunkingRules: Equatable, Sendable {
    /// Most tokens of a chunk, its title among them.
    package var tokenLimit: Int
    /// Most characters of a chunk, its title not among them; nil for as many as there are.
    package var characterLimit: Int?
    /// Sentences that a chunk repeats of the one before.
    package var overlapSentences: Int

    /// Describes rules.
    ///
    /// - Precondition: the numbers keep their limits.
    package init(tokenLimit: Int = 200, characterLimit: Int? = nil, overlapSentences: Int = 0) {
        precondition(KnowledgeRetrievalLimits.chunkTokens.contains(tokenLimit), "tokens keep their limits")
        precondition(
            characterLimit.map(KnowledgeRetrievalLimits.chunkCharacters.contains) ?? true,
            "characters keep their limits")
        precondition(
            KnowledgeRetrievalLimits.overlapSentences.contains(overlapSentences), "sentences keep their limits")
        self.tokenLimit = tokenLimit
        self.characterLimit = characterLimit
        self.overlapSentences = overlapSentences
    }
}
