package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"selfrag/fault"
	"selfrag/rerank"
	"selfrag/rerank/evidence"
)

// Calibration holds the value of the setting --calibration. The setting names a
// file that the command calibrate wrote, or gives the slope and the intercept
// of a curve for the reranker. Calibration curves turn the scores of sentences
// and of rerankers into probabilities.
type Calibration struct {
	// Embedder is the name of the embedder with which the evidence curves were
	// fitted.
	Embedder string `json:"embedder,omitempty"`
	// RerankedBy is the value of the setting rerank with which the curves were
	// fitted.
	RerankedBy string              `json:"reranked_by,omitempty"`
	Evidence   *evidence.Curves    `json:"evidence,omitempty"`
	Reranker   *rerank.Calibration `json:"reranker,omitempty"`
}

// ReadCalibration reads the setting: "", "SLOPE,INTERCEPT" or the path of a
// file.
func ReadCalibration(setting string) (Calibration, error) {
	var c Calibration
	if setting == "" {
		return c, nil
	}
	if slope, intercept, ok := strings.Cut(setting, ","); ok {
		s, err := strconv.ParseFloat(strings.TrimSpace(slope), 64)
		i, err2 := strconv.ParseFloat(strings.TrimSpace(intercept), 64)
		if err == nil && err2 == nil {
			c.Reranker = &rerank.Calibration{Slope: s, Intercept: i}
			return c, nil
		}
	}
	data, err := os.ReadFile(setting)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fault.Usagef("calibration %q: there is no such file; name one that selfrag calibrate wrote, or write SLOPE,INTERCEPT, as in 1.2,-0.4", setting)
	}
	if err != nil {
		return c, fmt.Errorf("read the calibration: %w", err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fault.Usagef("calibration %s: it is not a file that selfrag calibrate wrote: %w", setting, err)
	}
	if c.Evidence == nil && c.Reranker == nil {
		return c, fault.Usagef("calibration %s: it holds neither \"evidence\" nor \"reranker\"", setting)
	}
	if c.Evidence != nil {
		if err := c.Evidence.Check(); err != nil {
			return c, fault.Usagef("calibration %s: %w", setting, err)
		}
	}
	return c, nil
}
