package upi

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// seen is a Credit without its line.
type seen struct {
	reference, last4 string
	amount           int64
}

func summary(credits []Credit) []seen {
	var s []seen
	for _, c := range credits {
		s = append(s, seen{c.Reference, c.Last4, c.Amount})
	}
	return s
}

func TestCredits(t *testing.T) {
	one := []seen{{rrn, "", 49900}}
	tests := map[string]struct {
		pasted string
		want   []seen
	}{
		"Nothing":             {"", nil},
		"OnlyWords":           {"Dear customer,\nhappy Diwali from 2 of us", nil},
		"NumberAlone":         {rrn, []seen{{rrn, "", 0}}},
		"ListOfNumbers":       {rrn + "\n412345678902\r\n412345678903", []seen{{rrn, "", 0}, {"412345678902", "", 0}, {"412345678903", "", 0}}},
		"ListOfBoth":          {rrn + " 499\n412345678902 1,499\n", []seen{{rrn, "", 49900}, {"412345678902", "", 149900}}},
		"AmountBelow":         {rrn + "\n499\n412345678902\n500", []seen{{rrn, "", 49900}, {"412345678902", "", 50000}}},
		"AmountsOnly":         {"Asha ₹499.00\nBala Rs 499", []seen{{"", "", 49900}, {"", "", 49900}}},
		"Grouped":             {"Asha 4123 4567 8901 ₹499", one},
		"CsvNoHeader":         {"23/11/2026,Asha Rao,412345678901,499", one},
		"CodeInLine":          {"LN-1234-5678 412345678901 499", one},
		"DateWithSpace":       {"23 Nov 2026 412345678901 499", one},
		"TwoBareLeft":         {"412345678901 room 12 seat 34", []seen{{rrn, "", 0}}},
		"HelplineIsNoAmount":  {"412345678901 499 not you 18001234567", one},
		"NoDecimalOfAVersion": {"412345678901 app 3.10.5", []seen{{rrn, "", 0}}},
		"TwoReferences":       {"412345678901 412345678902 ₹499", []seen{{"", "", 49900}}},

		"AmountRupeeSign":    {rrn + " ₹1,499.00", []seen{{rrn, "", 149900}}},
		"AmountRs":           {rrn + " Rs 499", one},
		"AmountRsDot":        {rrn + " Rs.499", one},
		"AmountINR":          {rrn + " INR 499.00", one},
		"AmountINRGlued":     {rrn + " INR499.00", one},
		"AmountCr":           {rrn + " 499.00 Cr", one},
		"AmountCrBare":       {rrn + " 499Cr", one},
		"AmountPlus":         {rrn + " +499", one},
		"AmountPlusRupee":    {rrn + " + ₹499", one},
		"AmountDash":         {rrn + " 499/- only", one},
		"AmountIndianCommas": {rrn + " 1,00,000.00", []seen{{rrn, "", 100000_00}}},
		"AmountOnePlace":     {rrn + " credited by 499.5", []seen{{rrn, "", 49950}}},
		"AmountDevanagari":   {rrn + " ₹४९९", one},
		"AmountAfter":        {rrn + " 499 INR", one},
		"AmountZero":         {rrn + " ₹0.00", []seen{{rrn, "", 0}}},
		"AmountAbsurd":       {rrn + " ₹99999999999999999999.00", []seen{{rrn, "", 0}}},

		"SmsHdfc": {"Update! INR 499.00 deposited in HDFC Bank A/c XX1234 on 23-NOV-26 for UPI-ASHA RAO-asha@okexample-412345678901." +
			"Avl bal INR 10,499.00. Cheque deposits in A/C are subject to clearing", one},
		"SmsHdfcAlert": {"Credit Alert!\nRs.499.00 credited to HDFC Bank A/c XX1234 on 23-11-26 from VPA asha@okexample (UPI 412345678901)", one},
		"SmsSbi":       {"Dear SBI User, your A/c X1234-credited by Rs.499 on 23Nov26 transfer from ASHA RAO Ref No 412345678901 -SBI", one},
		"SmsIcici":     {"Dear Customer, Acct XX123 is credited with Rs 499.00 on 23-Nov-26 from ASHA RAO. UPI:412345678901-ICICI Bank.", one},
		"SmsAxis": {"INR 499.00 credited\nA/c no. XX1234\n23-11-26, 14:05:12 IST\nUPI/P2A/412345678901/ASHA RAO\n" +
			"Not you? SMS BLOCKUPI to 919951860002", one},
		"SmsBalanceFirst": {"Avl Bal in A/c XX1234: INR 10,499.00. Credited Rs 499 UPI Ref 412345678901", one},
		"SmsWrapped":      {"Your A/c XX1234 is\ncredited with Rs 499\non 23-11-26 by UPI Ref No\n412345678901. Call 18001234567", one},
		"SmsFullAccount":  {"Acct 123456789012 credited with Rs 499. UPI:412345678901", one},
		"SmsCreditWord":   {"499.00 credited by Dr Asha Rao UPI 412345678901", one},
		"SmsDoctor":       {"UPI-DR ASHA RAO-asha@okexample-412345678901 ₹499", one},
		"SmsNeft":         {"Rs 1,499.00 credited to A/c XX1234 by NEFT SBIN523325123456 from ASHA", []seen{{"SBIN523325123456", "", 149900}}},
		"SmsSeveral": {"INR 499.00 credited\nA/c no. XX1234\nUPI/P2A/412345678901/ASHA\nINR 500.00 credited\nA/c no. XX1234\nUPI/P2A/412345678902/BALA\n\n" +
			"Rs.900 credited Ref No 412345678903", []seen{{rrn, "", 49900}, {"412345678902", "", 50000}, {"412345678903", "", 90000}}},

		"DebitSms":        {"A/c XX1234 debited for Rs 499.00 on 23-Nov-26; EXAMPLE SCHOOL credited. UPI:412345678901", nil},
		"DebitSmsWrapped": {"INR 499.00 debited\nA/c no. XX1234\nUPI/P2M/412345678901/SHOP", nil},
		"DebitSent":       {"Sent Rs.499.00\nFrom HDFC Bank A/C *1234\nTo SHOP\nOn 23/11/26\nRef 412345678901\nNot You?\nCall 18002586161", nil},
		"DebitDr":         {"23-11-2026 UPI/412345678901/SHOP 499.00 Dr 10,000.00 Cr", nil},
		"DebitDrInSlash":  {"TO TRANSFER-UPI/DR/412345678901/SHOP 499.00 10,000.00", nil},
		"DebitDrInCell":   {"23-11-2026\tUPI/412345678901/SHOP\t499.00\tDR\t10,000.00", nil},
		"DebitMinus":      {"UPI/412345678901/SHOP -499.00", nil},
		"CreditInSlash":   {"BY TRANSFER-UPI/CR/412345678901/ASHA 499.00 10,499.00", one},
		"CreditBetween":   {"A/c debited Rs 100 Ref 412345678902\nA/c credited Rs 499 Ref 412345678901\nSpent Rs 5 Ref 412345678903", one},

		"TailWithX":         {"XX8901 499", []seen{{"", "8901", 49900}}},
		"TailWithDots":      {"...8901 ₹499", []seen{{"", "8901", 49900}}},
		"TailWithEllipsis":  {"…8901 499\n…8902 500", []seen{{"", "8901", 49900}, {"", "8902", 50000}}},
		"TailBare":          {"8901 499\n8902, ₹500", []seen{{"", "8901", 49900}, {"", "8902", 50000}}},
		"TailAlone":         {"…8901\n…8902", []seen{{"", "8901", 0}, {"", "8902", 0}}},
		"TailIsAccount":     {"A/c XX1234 credited Rs 499", []seen{{"", "", 49900}}},
		"TailBesideAccount": {"A/c XX1234 credited Rs 499 Ref XX8901", []seen{{"", "8901", 49900}}},
		"TailIsBanks":       {"Rs 499 received in HDFC Bank XX1234", []seen{{"", "", 49900}}},
		"TailOverFull":      {"…8901 is 412345678901 ₹499", one},
		"TwoTails":          {"XX8901 XX8902 ₹499", []seen{{"", "", 49900}}},

		"StatementTabs": {"Statement of account 123456789012\nDate\tNarration\tChq./Ref.No.\tValue Dt\tWithdrawal Amt.\tDeposit Amt.\tClosing Balance\n" +
			"23/11/26\tUPI-SHOP-shop@okexample-412345678909-PAY\t0000412345678909\t23/11/26\t250.00\t\t9,750.00\n" +
			"23/11/26\tUPI-ASHA RAO-asha@okexample-412345678901-LN7F3K9QXZ\t0000412345678901\t23/11/26\t\t499.00\t10,249.00\n" +
			"\tPYTHON FEES\t\t\t\t\t\n" +
			"23/11/26\tCASH\t\t23/11/26\t0.00\t1,499.00\t11,748.00", []seen{{rrn, "", 49900}, {"", "", 149900}}},
		"StatementCsv": {"Txn Date,Description,Ref No./Cheque No.,Value Date,Debit,Credit,Balance\n" +
			`23-11-2026,"BY TRANSFER-UPI/CR/412345678901/ASHA, RAO",,23-11-2026,,"1,00,499.00","2,00,000.00"` + "\n" +
			`23-11-2026,"UPI/412345678902/SHOP",,23-11-2026,499.00,,"1,99,501.00"`, []seen{{rrn, "", 100499_00}}},
		"StatementCsvBrokenNarration": {"Date,Narration,Ref,Value Dt,Withdrawal,Deposit,Balance\n" +
			"23/11/26,\"UPI-ASHA\nRAO-412345678901\",0000412345678901,23/11/26,,499.00,\"10,499.00\"", one},
		"StatementSpaces": {"Date Narration Withdrawal Amt. Deposit Amt. Closing Balance\n23/11/26 UPI-ASHA-412345678901 499.00 10,499.00\nTotal 499.00", one},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := summary(Credits(test.pasted)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestCredits_LineShowsTheBanksWords(t *testing.T) {
	got := Credits("Credit Alert!\r\nRs.499  credited\tby Asha आशा\nUPI ४१२३४५६७८९०१\xff\n\nRs 500")
	if len(got) != 2 || got[0].Line != "Credit Alert! Rs.499 credited by Asha आशा UPI ४१२३४५६७८९०१?" || got[1].Line != "Rs 500" {
		t.Errorf("got %+v", got)
	}
}

func TestPaise(t *testing.T) {
	for s, want := range map[string]int64{"499": 49900, "0.5": 50, "1,00,000.05": 100000_05, "999999999.99": 99999999999, "1000000000": 0, "": 0} {
		if got := paise(s); got != want {
			t.Errorf("paise(%q) = %d, want %d", s, got, want)
		}
	}
}

var last4Form = regexp.MustCompile(`^(?:\d{4})?$`)

func FuzzCredits(f *testing.F) {
	for _, s := range []string{
		"INR 499.00 credited\nA/c no. XX1234\n23-11-26, 14:05:12 IST\nUPI/P2A/412345678901/ASHA RAO\n\nRs.900 credited Ref No 412345678903",
		"Date\tNarration\tRef\tWithdrawal\tDeposit\n23/11/26\tUPI-ASHA\t412345678901\t\t499.00",
		"Date,Ref,Debit,Credit\n23/11/26,\"412345678901\",,\"1,499.00\"",
		"…8901 499\nXX8902 ₹500", "8901 499", "+499 412345678901", "499.00 Dr", "१,००,०००.०० Cr \xff", "0000412345678901 ₹.5", "Bal 5\r412345678901\r",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range Credits(s) {
			if !utf8.ValidString(c.Line) || strings.ContainsAny(c.Line, "\n\r\t") {
				t.Errorf("line %q", c.Line)
			}
			if c.Amount < 0 || !last4Form.MatchString(c.Last4) || c.Reference != "" && c.Last4 != "" {
				t.Errorf("%q gave %+v", s, c)
			}
			if c.Reference != "" {
				checkValue(t, s, c.Reference)
			}
		}
	})
}
