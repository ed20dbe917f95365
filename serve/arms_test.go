package serve

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func mustArms(t *testing.T, experiment, text string) Arms {
	t.Helper()
	a, err := ParseArms(experiment, text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// units is the number of units in each test.
const units = 10_000

func unit(i int) string { return fmt.Sprintf("user\x00%d", i) }

// TestArmsShares checks that the shares follow the weights, within four
// standard deviations of a binomial count.
func TestArmsShares(t *testing.T) {
	for _, text := range []string{"self-rag=50,two-stage=50", "self-rag=1,two-stage=9", "cot=0.2,self-rag=0.3,two-stage=0.5", "self-rag=1,two-stage=999"} {
		a := mustArms(t, "default", text)
		total := 0.0
		for _, each := range a.arms {
			total += each.weight
		}
		got := map[string]int{}
		for i := range units {
			got[a.Assign("", unit(i))]++
		}
		for _, each := range a.arms {
			share := each.weight / total
			if off := math.Abs(float64(got[each.strategy]) - units*share); off > 4*math.Sqrt(units*share*(1-share)) {
				t.Errorf("%s: %s has %d of %d", text, each.strategy, got[each.strategy], units)
			}
		}
	}
}

func TestArmsAreSticky(t *testing.T) {
	a := mustArms(t, "default", "self-rag=50,two-stage=30,cot=20")
	for name, other := range map[string]Arms{
		"again":           mustArms(t, "default", "self-rag=50,two-stage=30,cot=20"),
		"another order":   mustArms(t, "default", "cot=20, two-stage=30 ,self-rag=50"),
		"weights as 5 to": mustArms(t, "default", "self-rag=5,two-stage=3,cot=2"),
	} {
		for i := range units {
			if got, want := other.Assign("harbour", unit(i)), a.Assign("harbour", unit(i)); got != want {
				t.Fatalf("%s: unit %d has %s, then %s", name, i, want, got)
			}
		}
	}
}

// TestArmsMoveToWhatGrew checks that a higher weight or a new arm moves units
// to that arm only, and about as many as its share grew by.
func TestArmsMoveToWhatGrew(t *testing.T) {
	before := mustArms(t, "default", "self-rag=50,two-stage=50")
	for _, c := range []struct {
		text, to string
		moved    float64
	}{{"self-rag=50,two-stage=150", "two-stage", 0.25}, {"self-rag=50,two-stage=50,cot=100", "cot", 0.5}} {
		after := mustArms(t, "default", c.text)
		moved := 0
		for i := range units {
			was, is := before.Assign("", unit(i)), after.Assign("", unit(i))
			if was == is {
				continue
			}
			if moved++; is != c.to {
				t.Fatalf("%s: unit %d went from %s to %s", c.text, i, was, is)
			}
		}
		if off := math.Abs(float64(moved) - units*c.moved); off > 4*math.Sqrt(units*c.moved*(1-c.moved)) {
			t.Errorf("%s: %d of %d units moved", c.text, moved, units)
		}
	}
}

// TestArmsAreDrawnAnew checks that the assignment is independent between
// tenants and between names of experiments: about half of the units agree.
func TestArmsAreDrawnAnew(t *testing.T) {
	text := "self-rag=50,two-stage=50"
	a, b := mustArms(t, "first", text), mustArms(t, "second", text)
	tenants, names := 0, 0
	for i := range units {
		if a.Assign("harbour", unit(i)) == a.Assign("other", unit(i)) {
			tenants++
		}
		if a.Assign("harbour", unit(i)) == b.Assign("harbour", unit(i)) {
			names++
		}
	}
	for what, same := range map[string]int{"tenants": tenants, "experiments": names} {
		if math.Abs(float64(same)-units/2) > 4*math.Sqrt(units/4) {
			t.Errorf("two %s give %d of %d units the same arm", what, same, units)
		}
	}
	// Different lists of texts hash different bytes.
	if uniform("a", "bc") == uniform("ab", "c") || uniform("a", "") == uniform("", "a") {
		t.Error("texts run into each other")
	}
}

func TestArmsThatCannotBe(t *testing.T) {
	for text, say := range map[string]string{
		"self-rag=50":                       "at least two",
		"self-rag=50,self-rag=50":           "twice",
		"self-rag=50,guess=50":              "unknown strategy \"guess\"",
		"self-rag=50,two-stage":             "weight of two-stage",
		"self-rag=50,two-stage=0":           "weight of two-stage",
		"self-rag=50,two-stage=-1":          "weight of two-stage",
		"self-rag=50,two-stage=NaN":         "weight of two-stage",
		"self-rag=50,two-stage=Inf":         "weight of two-stage",
		"self-rag=50,two-stage=half":        "weight of two-stage",
		"self-rag=50,,two-stage=50":         "unknown strategy \"\"",
		"self-rag=50,two-stage=50,cot=1e99": "",
	} {
		_, err := ParseArms("default", text)
		if (say == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, name := range []string{"", "Big", "a.b", "a b", strings.Repeat("a", 41)} {
		if _, err := ParseArms(name, "self-rag=50,two-stage=50"); err == nil {
			t.Errorf("an experiment is named %q", name)
		}
	}
	if a, err := ParseArms("", " "); err != nil || a.On() {
		t.Errorf("no arms: %v %v", a, err)
	}
}
