package wire

import (
	"context"

	"selfrag/fault"
	"selfrag/rerank/evidence"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// keptTokens is a local embedder that keeps what it read last: the token vectors
// of passages, for reranking and evidence, and the vectors of sentences, for
// evidence. All questions share them.
type keptTokens struct {
	*embed.ONNX
	kept     *late.Kept
	evidence *evidence.Finder
}

func keeping(e *embed.ONNX) (keptTokens, error) {
	kept, err := late.NewKept(e, late.KeptConfig{})
	k := keptTokens{ONNX: e, kept: kept}
	k.evidence = evidence.New(k, evidence.Config{Workers: e.Parallel()})
	return k, err
}

func (k keptTokens) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.kept.Tokens(ctx, text)
}

// evidence returns a finder of evidence. vectors is the embedder of the
// collection and may be nil. The calibration curves apply to one embedder: the
// built-in curves to the default embedder, and the curves in a file of
// --calibration to the embedder that the file names. If vectors is that
// embedder, the finder also compares token vectors. Otherwise it computes
// P(answers) from words alone.
func (p *Parts) evidence(vectors Embedder) (*evidence.Finder, error) {
	c, err := ReadCalibration(p.Settings.Calibration)
	if err != nil {
		return nil, err
	}
	if c.Evidence != nil && c.Evidence.WeighsReranker() && c.RerankedBy != p.Settings.Reranker {
		return nil, fault.Usagef("calibration %s weighs the scores of --rerank %s, but this is --rerank %s: use that one, or fit another with selfrag calibrate --rerank %s",
			p.Settings.Calibration, c.RerankedBy, p.Settings.Reranker, p.Settings.Reranker)

	}
	fitted := DefaultEmbedder()
	if c.Evidence != nil && c.Embedder != "" {
		fitted = c.Embedder
	}
	if tokens, ok := vectors.(keptTokens); ok && tokens.Spec().Model == fitted {
		return tokens.evidence.With(c.Evidence), nil
	}
	return evidence.New(nil, evidence.Config{Curves: c.Evidence}), nil
}
