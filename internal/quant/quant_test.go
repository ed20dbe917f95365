package quant

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"selfrag/internal/vec"
)

func direction(r *rand.Rand, dimensions int) []float32 {
	v := make([]float32, dimensions)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return vec.Unit(v)
}

// A rotation keeps inner products and spreads what one dimension holds.
func TestRotation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, dimensions := range []int{1, 2, 3, 7, 64, 100, 384, 512, 1000, 1024} {
		turn := NewRotation(dimensions)
		a, b := direction(r, dimensions), direction(r, dimensions)
		want := vec.Dot(a, b)
		turn.Apply(a)
		turn.Apply(b)
		if got := vec.Dot(a, b); math.Abs(float64(got-want)) > 1e-5 {
			t.Errorf("%d dimensions: the inner product %v became %v", dimensions, want, got)
		}
		if dimensions < 64 {
			continue
		}
		one := make([]float32, dimensions)
		one[dimensions/2] = 1
		turn.Apply(one)
		for i, x := range one {
			if math.Abs(float64(x)) > 8/math.Sqrt(float64(dimensions)) {
				t.Errorf("%d dimensions: dimension %d still holds %v", dimensions, i, x)
			}
		}
	}
}

// The estimates from four bits have no bias, and their errors are those of the
// method: about a tenth per root of the dimensions. The bounds from signs hold,
// and are not much too high.
func TestEstimates(t *testing.T) {
	for _, dimensions := range []int{64, 100, 384, 1024} {
		t.Run(fmt.Sprint(dimensions), func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, 2))
			turn := NewRotation(dimensions)
			var above, fine, bias float64
			broken, beyond := 0, 0
			const n = 2000
			codes := NewCodes(dimensions, n)
			var vectors [][]float32
			for range n {
				v := direction(r, dimensions)
				vectors = append(vectors, v)
				turned := append([]float32(nil), v...)
				turn.Apply(turned)
				codes.Add(turned, 0.25)
			}
			q := direction(r, dimensions)
			turned := append([]float32(nil), q...)
			turn.Apply(turned)
			query := NewQuery(turned)
			estimates := make([]float32, n)
			codes.Bounds(query, 0, estimates)
			for i, v := range vectors {
				want := float64(vec.Dot(q, v)) + 0.25
				f := float64(codes.Fine(query, i)) - want
				above, fine, bias = above+float64(estimates[i])-want, fine+f*f, bias+f
				if f+float64(codes.Slack(query, i)) < 0 {
					beyond++
				}
				if float64(estimates[i]) < want {
					broken++
				}
			}
			root := math.Sqrt(float64(dimensions))
			above, fine = above/n*root, math.Sqrt(fine/n)*root
			t.Logf("bounds %.3f above, %d broken, errors of %.3f, bias %.1e", above, broken, fine, bias/n)
			if above > 3 || broken > n/100 || beyond > n/100 || fine > 0.14 || math.Abs(bias/n) > 5*fine/root/math.Sqrt(n) {
				t.Errorf("bounds are %.3f above, %d are broken, errors of %.3f, bias %g", above, broken, fine, bias/n)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	codes := NewCodes(100, 2)
	codes.Add(direction(r, 100), 1)
	codes.Add(make([]float32, 100), 2)
	codes.Add(direction(r, 100), 1)
	b := codes.Append(nil)
	got, err := Decode(100, 3, b)
	if err != nil {
		t.Fatal(err)
	}
	query := NewQuery(direction(r, 100))
	for i := range codes.Len() {
		if got.Fine(query, i) != codes.Fine(query, i) {
			t.Errorf("code %d was changed", i)
		}
	}
	if got := got.Fine(query, 1); got != 2 {
		t.Errorf("the inner product with zeros, and 2, is %v", got)
	}
	for _, n := range []int{0, 2, 4} {
		if _, err := Decode(100, n, b); err == nil {
			t.Errorf("%d bytes were taken for %d codes", len(b), n)
		}
	}
}

func BenchmarkBounds(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	const n = 1024
	codes := NewCodes(384, n)
	for range n {
		codes.Add(direction(r, 384), 0)
	}
	query, out := NewQuery(direction(r, 384)), make([]float32, n)
	for b.Loop() {
		codes.Bounds(query, 0, out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/vector")
}

func BenchmarkFine(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	codes := NewCodes(384, 1)
	codes.Add(direction(r, 384), 0)
	query := NewQuery(direction(r, 384))
	for b.Loop() {
		codes.Fine(query, 0)
	}
}

func BenchmarkNewQuery(b *testing.B) {
	v := direction(rand.New(rand.NewPCG(4, 4)), 384)
	for b.Loop() {
		NewQuery(v)
	}
}
