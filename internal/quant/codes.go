package quant

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Bits is the number of bits that a code has for each dimension.
const Bits = 4

// levels is the number of values that a dimension of a code can have.
const levels = 1 << Bits

// step is the distance between two of these values, in standard deviations of
// the dimensions. It has the least error for values from a normal distribution
// (Max, "Quantizing for Minimum Distortion", 1960, table II).
const step = 0.3352

// Codes holds the codes of vectors of the same dimension. It takes
// Bits*words*8+12 bytes per vector.
type Codes struct {
	dimensions int
	words      int       // for one bit of each dimension
	signs      []uint64  // the highest bit of each dimension: whether it is positive
	rest       []uint64  // the other bits, from the lowest on
	coarse     []float32 // factor for estimates from the signs
	fine       []float32 // factor for estimates from all bits
	known      []float32 // part of the inner product that is not estimated
}

// NewCodes returns no codes, with room for n of vectors with the given
// dimension.
func NewCodes(dimensions, n int) *Codes {
	words := (dimensions + 63) / 64
	return &Codes{
		dimensions: dimensions, words: words,
		signs: make([]uint64, 0, n*words), rest: make([]uint64, 0, n*words*(Bits-1)),
		coarse: make([]float32, 0, n), fine: make([]float32, 0, n), known: make([]float32, 0, n),
	}
}

// Len returns the number of codes.
func (c *Codes) Len() int { return len(c.coarse) }

// Add appends the code of a rotated vector. known is added to each estimate of
// an inner product with it.
func (c *Codes) Add(v []float32, known float32) {
	c.known = append(c.known, known)
	var squares, sum float64
	for _, x := range v {
		squares += float64(x) * float64(x)
		sum += math.Abs(float64(x))
	}
	perWidth := inverse(step * math.Sqrt(squares/float64(len(v))))
	planes := make([]uint64, Bits*c.words)
	var inner float64
	for i, x := range v {
		level := levelOf(x, perWidth, levels)
		inner += float64(x) * float64(2*level-(levels-1))
		for bit := range Bits {
			planes[bit*c.words+i/64] |= uint64(level>>bit&1) << (i % 64) //nolint:gosec // a level is not negative
		}
	}
	c.rest = append(c.rest, planes[:(Bits-1)*c.words]...)
	c.signs = append(c.signs, planes[(Bits-1)*c.words:]...)
	if squares == 0 { // the estimate is 0, whatever the signs are
		c.coarse, c.fine = append(c.coarse, 0), append(c.fine, 0)
		return
	}
	c.coarse, c.fine = append(c.coarse, float32(squares/sum)), append(c.fine, float32(squares/inner))
}

// levelOf rounds x to one of n levels, of which half are negative. perWidth is
// the inverse of the distance between them.
func levelOf(x float32, perWidth float64, n int) int {
	return min(max(int(float64(x)*perWidth+float64(n/2)), 0), n-1)
}

// inverse returns 1/x, or 0 for 0.
func inverse(x float64) float64 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// size returns the number of bytes of a code.
func (c *Codes) size() int { return Bits*c.words*8 + 12 }

// Append appends the codes to b.
func (c *Codes) Append(b []byte) []byte {
	for _, words := range [][]uint64{c.signs, c.rest} {
		for _, w := range words {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	for _, factors := range [][]float32{c.coarse, c.fine, c.known} {
		for _, f := range factors {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
		}
	}
	return b
}

// Decode returns the n codes of vectors with the given dimension that Append
// has written.
func Decode(dimensions, n int, b []byte) (*Codes, error) {
	c := NewCodes(dimensions, n)
	if len(b) != n*c.size() {
		return nil, fmt.Errorf("%d codes of %d dimensions have %d bytes, not %d", n, dimensions, n*c.size(), len(b))
	}
	c.signs, b = words(c.signs[:n*c.words], b)
	c.rest, b = words(c.rest[:n*c.words*(Bits-1)], b)
	c.coarse, b = floats(c.coarse[:n], b)
	c.fine, b = floats(c.fine[:n], b)
	c.known, _ = floats(c.known[:n], b)
	return c, nil
}

func words(to []uint64, b []byte) (filled []uint64, rest []byte) {
	for i := range to {
		to[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return to, b[8*len(to):]
}

func floats(to []float32, b []byte) (filled []float32, rest []byte) {
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return to, b[4*len(to):]
}

// Bounds sets out to numbers that the inner products of the query with the
// vectors from the given one on are almost never above: estimates from the signs
// and some of their errors' standard deviations.
func (c *Codes) Bounds(q *Query, from int, out []float32) {
	signs, factors := c.signs[from*c.words:(from+len(out))*c.words], c.coarse[from:from+len(out)]
	known, low, high := c.known[from:from+len(out)], q.low[:c.words], q.high[:c.words]
	for i, factor := range factors {
		var weak, strong int
		for j, s := range signs[i*c.words : (i+1)*c.words] {
			weak += bits.OnesCount64(s ^ low[j])
			strong += bits.OnesCount64(s ^ high[j])
		}
		out[i] = known[i] + factor*(q.coarse.scale*float32(q.coarse.most-2*(weak+2*strong))+q.slack)
	}
}

// Fine estimates, from all bits, the inner product of the query with the i-th
// vector.
func (c *Codes) Fine(q *Query, i int) float32 {
	signs := c.signs[i*c.words : (i+1)*c.words]
	rest := c.rest[i*c.words*(Bits-1) : (i+1)*c.words*(Bits-1)]
	differing := 0
	for w, s := range signs {
		r0, r1, r2 := rest[w], rest[c.words+w], rest[2*c.words+w]
		for place, p := range q.fine.planes[fineBits*w : fineBits*(w+1)] {
			d := bits.OnesCount64(r0^p) + 2*bits.OnesCount64(r1^p) + 4*bits.OnesCount64(r2^p) + 8*bits.OnesCount64(s^p)
			differing += d << place
		}
	}
	return c.known[i] + c.fine[i]*q.fine.scale*float32((levels-1)*q.fine.most-2*differing)
}

// Slack returns how far the inner product of the query with the i-th vector is
// almost never above the estimate of Fine.
func (c *Codes) Slack(q *Query, i int) float32 { return c.coarse[i] * q.fineSlack }
