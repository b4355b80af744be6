"""What every number means, in one sentence, with formula and source: shown one hover away and in every report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """What a number means.

    Attributes:
        title: Short name as charts show it.
        definition: One sentence.
        formula: The formula in plain text.
        source: Where it comes from.
    """

    title: str
    definition: str
    formula: str
    source: str

    def to_json(self) -> dict[str, str]:
        """Its four parts."""
        return {
            "title": self.title,
            "definition": self.definition,
            "formula": self.formula,
            "source": self.source,
        }


_HARDT = "Hardt, Price & Srebro 2016, Equality of Opportunity in Supervised Learning"
_PAPER_0 = "Schmitz, Ahmed & Cao 2022, arXiv 2205.08383"
_PAPER_2 = "Goncalves et al. 2025, IEEE OJSP, DOI 10.1109/OJSP.2025.3530274"
_PAPER_3 = "Upadhyay, Chien & Lee 2025, arXiv 2501.00995"
_BRIER = "Brier 1950, Monthly Weather Review 78"
_MURPHY = "Murphy 1973, Journal of Applied Meteorology 12; remainder: Stephenson, Coelho & Jolliffe 2008"
_RIJSBERGEN = "van Rijsbergen 1979, Information Retrieval; Opitz & Burst 2019 for the macro mean"
_FAIRLEARN = "fairlearn's definition, empty cells left out instead of counted as 0"

DEFINITIONS: dict[str, Definition] = {
    "macro_f1": Definition(
        "Macro-F1",
        "Plain mean of the classes' F1; a class that is never true and never predicted counts 0 and is reported.",
        "mean_k 2TP_k / (2TP_k + FP_k + FN_k)",
        _RIJSBERGEN,
    ),
    "weighted_f1": Definition(
        "Weighted F1",
        "Mean of the classes' F1, weighted by how often each class is true.",
        "Σ_k P_k F1_k / Σ_k P_k",
        _RIJSBERGEN,
    ),
    "f1": Definition(
        "F1",
        "Harmonic mean of precision and recall of one class; 0 where undefined.",
        "2TP / (2TP + FP + FN)",
        _RIJSBERGEN,
    ),
    "precision": Definition(
        "Precision",
        "Share of predictions of a class that are right; 0 where nothing was predicted.",
        "TP / (TP + FP)",
        "–",
    ),
    "recall": Definition(
        "Recall (TPR)",
        "Share of a class's true utterances that are predicted so; undefined where the class never occurs.",
        "TP / (TP + FN)",
        "–",
    ),
    "fpr": Definition(
        "False-positive rate",
        "Share of utterances without a label that are predicted to have it.",
        "FP / (FP + TN)",
        "–",
    ),
    "selection_rate": Definition(
        "Selection rate", "Share of utterances for which a class is predicted.", "P(ŷ_k = 1)", _FAIRLEARN
    ),
    "exact_match": Definition(
        "Exact match",
        "Share of utterances whose whole set of labels is right.",
        "mean_i [ŷ_i = y_i]",
        "subset accuracy",
    ),
    "accuracy": Definition(
        "Accuracy (WAR)",
        "Share of utterances whose most probable class is the true class; ties go to the first class and are counted.",
        "mean_i [argmax p_i = argmax votes_i]",
        "–",
    ),
    "uar": Definition(
        "UAR",
        "Mean recall over the classes that occur, from the most probable class.",
        "mean_k recall_k",
        "Schuller et al. 2009, INTERSPEECH Emotion Challenge",
    ),
    "class_recall": Definition(
        "Recall of the plurality",
        "Share of a class's utterances (by plurality) whose most probable class it is: the matrix's diagonal.",
        "M_kk / Σ_j M_kj",
        "–",
    ),
    "confusion": Definition(
        "Confusion matrix",
        "Utterances by true (row) and most probable (column) class; rates are shares of the row.",
        "M_ij / Σ_j M_ij",
        "–",
    ),
    "roc_auc": Definition(
        "ROC-AUC",
        "Chance that a positive gets a higher probability than a negative (ties half), one class against the rest, "
        "averaged over the classes that occur.",
        "mean_k P(p⁺_k > p⁻_k) + ½ P(p⁺_k = p⁻_k)",
        "Hanley & McNeil 1982; intervals: Obuchowski 1997, Biometrics 53",
    ),
    "brier": Definition(
        "Brier",
        "Mean squared distance of probabilities from the truth over utterances and classes: labels above 1/C in "
        "multi-label mode, the class in single-label mode, the vote distribution with soft truth.",
        "mean_i mean_k (p_ik − t_ik)²",
        f"{_BRIER}; {_PAPER_2}, with N for N^e",
    ),
    "brier_soft": Definition(
        "Brier, soft truth",
        "The Brier score against the distribution of votes.",
        "mean_i mean_k (p_ik − votes_ik/Σvotes_i)²",
        _BRIER,
    ),
    "brier_plurality": Definition(
        "Brier, plurality",
        "The Brier score against the one class with most votes.",
        "mean_i mean_k (p_ik − [k = argmax votes_i])²",
        _BRIER,
    ),
    "brier_sum": Definition(
        "Brier, summed", "The Brier score summed over classes instead of averaged.", "mean_i Σ_k (p_ik − t_ik)²", _BRIER
    ),
    "reliability": Definition(
        "Reliability",
        "How far the observed rate is from the probability, squared, over 10 equal-count bins; smaller is better. "
        "Noise in the bins adds to it, so its interval often lies above a true 0.",
        "Σ_b n_b/n (p̄_b − t̄_b)²",
        _MURPHY,
    ),
    "resolution": Definition(
        "Resolution",
        "How far the bins' observed rates are from the overall rate, squared; larger is better.",
        "Σ_b n_b/n (t̄_b − t̄)²",
        _MURPHY,
    ),
    "uncertainty": Definition("Uncertainty", "How uncertain the class is before any prediction.", "t̄ (1 − t̄)", _MURPHY),
    "within_bin": Definition(
        "Within bins",
        "What the three parts miss because forecasts within a bin differ; with it they add up to the Brier score. "
        "With soft truth it also holds that votes are shares, not 0 or 1.",
        "Brier − reliability + resolution − uncertainty",
        _MURPHY,
    ),
    "ece": Definition(
        "ECE",
        "Mean distance between probability and observed rate over 10 equal-count bins, averaged over classes. "
        "Noise in the bins adds to it, the more the fewer the utterances: of a calibrated net its interval lies above "
        "the true 0. Compare groups by the Brier score.",
        "mean_k Σ_b n_b/n |p̄_b − t̄_b|",
        "Naeini, Cooper & Hauskrecht 2015; class-wise: Kull et al. 2019; equal count: Nixon et al. 2019",
    ),
    "ece_width": Definition(
        "ECE, equal width",
        "The same over 15 bins of equal width, with the same noise.",
        "mean_k Σ_b n_b/n |p̄_b − t̄_b|",
        "Guo et al. 2017",
    ),
    "dpd": Definition(
        "DPD",
        "Demographic parity difference: highest minus lowest selection rate of a class over the groups; macro is the "
        "mean over classes, worst the greatest, micro takes all (utterance, class) cells together.",
        "max_g P(ŷ_k = 1 | g) − min_g P(ŷ_k = 1 | g)",
        _FAIRLEARN,
    ),
    "eod": Definition(
        "EOD",
        "Equalized odds difference: the larger of the groups' spread in true-positive and in false-positive rate.",
        "max(max−min TPR_k, max−min FPR_k)",
        f"{_HARDT}; {_FAIRLEARN}",
    ),
    "macro_f1_gap": Definition(
        "Macro-F1 gap", "Highest minus lowest macro-F1 over the groups.", "max_g F1_g − min_g F1_g", _PAPER_0
    ),
    "macro_f1_difference": Definition(
        "F1 difference",
        "Difference in macro-F1, `plus` − `minus` (male − female), with its sign.",
        "F1_m − F1_f",
        _PAPER_0,
    ),
    "bias": Definition(
        "Bias",
        "100 × the mean difference in macro-F1 over all pairs of groups.",
        "100 · mean_{g<i} |F1_g − F1_i|",
        _PAPER_2,
    ),
    "delta_sp": Definition(
        "ΔSP", "Gap in selection rate of one emotion against the rest.", "|P(ŷ_k = 1 | m) − P(ŷ_k = 1 | f)|", _PAPER_3
    ),
    "delta_eo": Definition(
        "ΔEO", "Mean of the gaps in true-positive and false-positive rate.", "(|ΔTPR_k| + |ΔFPR_k|) / 2", _PAPER_3
    ),
    "sp": Definition(
        "SP",
        "Statistical parity: difference in selection rate, `plus` − `minus` (male − female); positive where "
        "the former is chosen more often.",
        "P(ŷ_k = 1 | m) − P(ŷ_k = 1 | f)",
        _PAPER_0,
    ),
    "eo": Definition(
        "EO",
        "Equal opportunity: difference in true-positive rate, `plus` − `minus` (male − female); positive "
        "where the former is recognised more often.",
        "TPR_k(m) − TPR_k(f)",
        f"{_HARDT}; {_PAPER_0}",
    ),
    "over_seeds": Definition(
        "Over seeds",
        "Nets that differ only in their seed, on the same utterances: mean, standard deviation (n − 1), extremes and "
        "quartiles of a number; says how much training alone moves it, and nothing about other speakers.",
        "sd = √(Σ_s (x_s − x̄)² / (S − 1)); quartiles by linear interpolation",
        "Gorrostieta et al. 2019, Interspeech, Figures 1–3; quartiles: Hyndman & Fan 1996, type 7",
    ),
    "gap_interval": Definition(
        "Interval of a gap",
        "A gap (max − min) is never negative, so no interval covers a true 0 as often as it says; judge by the "
        "signed differences beside it. In simulation without any gap it held 0 in 64–86 of 100 corpora with two groups "
        "(single gaps, micro and macro-F1: 93–96) and in 35–84 with three; percentiles never.",
        "–",
        "Andrews 2000, Econometrica 68: the bootstrap at the edge of the parameter space",
    ),
    "interval": Definition(
        "95 % interval",
        "Speakers are drawn with replacement within each group; each number's distance from its observed value is "
        "measured in standard errors of the draw. Where draws have none (a rare event), and where fewer than four "
        "speakers count in a number, ends come from Student's t alone. Where few speakers have most of the utterances "
        "it is too short: in simulation it held the truth in 90 to 93 of 100.",
        "[θ − t*(97.5 %) s, θ − t*(2.5 %) s]",
        "Efron & Tibshirani 1993, §12.5; Davison & Hinkley 1997, §5.2; clusters: Cameron, Gelbach & Miller 2008",
    ),
    "mcnemar": Definition(
        "McNemar, exact",
        "Chance, if neither net were better, of so uneven a split of the utterances only one of them gets right; "
        "it treats utterances as independent.",
        "2 · Binomial(b + c, ½)(≤ min(b, c))",
        "McNemar 1947; exact: Fagerland, Lydersen & Laake 2013",
    ),
    "holm": Definition(
        "Holm",
        "Several comparisons at once: the smallest p is multiplied by their number, the next by one less, and so on.",
        "max_{j≤i} (m − j + 1) p_(j)",
        "Holm 1979, Scandinavian Journal of Statistics 6",
    ),
}
