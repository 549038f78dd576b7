package views

// HTML is a text that package markdown has made, and no other.
type HTML string

// Bar is one bar of a BarChart; Text writes its value for people.
type Bar struct {
	Label string
	Value int64
	Text  string
}

// The chart's own units: a bar every barStep, barWidth of it filled, the highest chartHeight high.
const (
	barStep     = 12
	barWidth    = 8
	chartHeight = 100
)

// heights scales the bars so that the highest one fills the chart; a value above nothing is never invisible.
func heights(bars []Bar) []int {
	top := highest(bars).Value
	list := make([]int, len(bars))
	for i, b := range bars {
		if b.Value > 0 {
			list[i] = max(2, int(float64(b.Value)/float64(top)*chartHeight+.5))
		}
	}
	return list
}

func highest(bars []Bar) Bar {
	var top Bar
	for _, b := range bars {
		if b.Value > top.Value || top.Label == "" {
			top = b
		}
	}
	return top
}
