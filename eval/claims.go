package eval

// Claims counts the claims of an arm: the sentences of its drafts, which are
// counted anew in every round.
type Claims struct {
	Graded int `json:"graded"`
	// Refuted is how many of them code refused, by the rule that did
	// (claim.Rule). What the model graded too low is none of them.
	Refuted map[string]int `json:"refuted,omitempty"`
}

// AllRefuted is how many claims code refused by any rule.
func (c Claims) AllRefuted() int {
	all := 0
	for _, n := range c.Refuted {
		all += n
	}
	return all
}

func (c *Claims) add(o Outcome) {
	for _, r := range o.Rounds {
		c.Graded += len(r.Claims)
		for _, claim := range r.Claims {
			if claim.Refuted == nil {
				continue
			}
			if c.Refuted == nil {
				c.Refuted = map[string]int{}
			}
			c.Refuted[string(claim.Refuted.Rule)]++
		}
	}
}
