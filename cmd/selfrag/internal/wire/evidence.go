package wire

import (
	"context"

	"selfrag/fault"
	"selfrag/rerank/evidence"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// keptTokens is a local embedder that keeps the token vectors of the passages
// read last: reranking and evidence read the same ones.
type keptTokens struct {
	*embed.ONNX
	kept *late.Kept
}

func keeping(e *embed.ONNX) (keptTokens, error) {
	kept, err := late.NewKept(e, late.KeptConfig{})
	return keptTokens{e, kept}, err
}

func (k keptTokens) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.kept.Tokens(ctx, text)
}

// evidence makes the finder of evidence over an embedder, which may be nil.
// Its curves are those of the default embedder, or of the one that a calibration
// was made with; over another one, words alone say how likely a sentence answers.
func (p *Parts) evidence(vectors Embedder) (*evidence.Finder, error) {
	c, err := ReadCalibration(p.Settings.Calibration)
	if err != nil {
		return nil, err
	}
	if c.Evidence != nil && c.Evidence.WeighsReranker() && c.RerankedBy != p.Settings.Reranker {
		return nil, fault.Usagef("calibration %s weighs the scores of --rerank %s, and this is --rerank %s: use that one, or fit another with selfrag calibrate --rerank %s",
			p.Settings.Calibration, c.RerankedBy, p.Settings.Reranker, p.Settings.Reranker)

	}
	cfg := evidence.Config{Curves: c.Evidence}
	fitted := DefaultEmbedder()
	if c.Evidence != nil && c.Embedder != "" {
		fitted = c.Embedder
	}
	if tokens, ok := vectors.(keptTokens); ok && tokens.Spec().Model == fitted {
		return evidence.New(tokens, cfg), nil
	}
	return evidence.New(nil, cfg), nil
}
