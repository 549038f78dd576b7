package app

import (
	"net/http"

	"lectern/app/admin"
	"lectern/app/files/picture"
	"lectern/app/inbox"
	"lectern/app/site"
	"lectern/app/web"
	"lectern/static"
)

// routes is every address of the school with its guard: public (readable by all, cached for visitors), anyone (with a
// form that needs no account), student (signed in), cashier (who checks payments: cashiers and admins), staff (admins). A
// body after the handler is what a route with files may take: web.Pictures or web.Tables.
func routes(k *web.Kit, s *site.Pages, a *admin.Pages) http.Handler {
	mux := http.NewServeMux()
	guarded := func(guard func(web.Handler) http.Handler) func(pattern string, h web.Handler, body ...int64) {
		return func(pattern string, h web.Handler, body ...int64) {
			mux.Handle(pattern, guard(h))
			for _, most := range body {
				k.Allow(pattern, most)
			}
		}
	}
	public, anyone, student, cashier, staff := guarded(k.Public), guarded(k.Anyone), guarded(k.Student), guarded(k.Cashier), guarded(k.Admin)

	payees := func(h web.Handler) web.Handler { return k.Fresh("/admin/settings#payees", h) }

	mux.Handle("GET /static/", static.Handler())
	mux.Handle("GET /favicon.ico", k.Open(s.Favicon))
	mux.Handle("GET "+picture.Prefix+"{file}", http.HandlerFunc(s.File))
	mux.Handle("GET /theme/{file}", k.Open(s.Theme))

	public("GET /{$}", s.Home)
	public("GET /courses", s.Courses)
	public("GET /courses/{slug}", s.Course)
	public("POST /courses/{slug}/enroll", s.Enroll)
	public("GET /robots.txt", s.Robots)
	public("GET /contact", s.Contact)
	public("POST /contact", s.SendMessage)
	public("GET /{page}", s.Page) // about, services, faq, privacy, terms, refunds, and what the school adds

	anyone("GET /login", s.LoginPage)
	anyone("POST /login", s.Login)
	anyone("POST /logout", s.Logout)
	anyone("GET /register", s.RegisterPage)
	anyone("POST /register", s.Register)
	anyone("GET /setup/{token}", s.SetupPage)
	anyone("POST /setup/{token}", s.Setup)
	anyone("GET /password/forgot", s.ForgotPage)
	anyone("POST /password/forgot", s.Forgot)
	anyone("GET /password/reset/{token}", s.ResetPage)
	anyone("POST /password/reset/{token}", s.Reset)
	anyone("GET /email/verify/{token}", s.VerifyEmailPage)
	anyone("POST /email/verify/{token}", s.VerifyEmail)
	anyone("GET /pay/{token}", s.Pay)
	anyone("GET /pay/{token}/qr.png", s.PayQR)
	anyone("POST /pay/{token}/claims", s.PayClaim)

	student("GET /confirm", s.ConfirmPage)
	student("POST /confirm", s.Confirm)
	student("GET /dashboard", s.Dashboard)
	student("GET /orders", s.Orders)
	student("GET /orders/{code}", s.Order)
	student("GET /orders/{code}/qr.png", s.OrderQR)
	student("POST /orders/{code}/claims", s.Claim)
	student("POST /orders/{code}/cancel", s.Cancel)
	student("GET /learn/{slug}", s.Learn)
	student("GET /account", s.Account)
	student("POST /account/profile", s.ChangeProfile)
	student("POST /account/password", s.ChangePassword)
	student("POST /account/email", s.ChangeEmail)
	student("POST /account/email/verify", s.ResendVerify)
	student("POST /account/sessions/{id}/end", s.EndSession)
	student("POST /account/sessions/end-others", s.EndOthers)

	cashier("GET /admin", a.Overview)
	cashier("GET /admin/payments", a.Queue)
	cashier("POST /admin/payments/verify", a.VerifyMany)
	cashier("POST /admin/payments/match", a.Match)
	cashier("POST /admin/payments/{id}/verify", a.Verify)
	cashier("POST /admin/payments/{id}/not-seen", a.NotSeen)
	cashier("POST /admin/payments/{id}/reject", a.Reject)
	cashier("POST /admin/payments/{id}/reopen", a.Reopen)
	cashier("GET /admin/orders", a.Orders)
	cashier("GET /admin/orders/{code}", a.Order)
	cashier("POST /admin/orders/{code}/receipts", a.RecordReceipt)
	cashier("POST /admin/orders/{code}/receipts/{id}/use", a.UseReceipt)
	staff("POST /admin/orders/{code}/receipts/{id}/void", a.VoidReceipt)
	cashier("POST /admin/orders/{code}/reverse", a.Reverse)
	staff("POST /admin/orders/{code}/refund", a.Refund)
	staff("POST /admin/orders/{code}/refunds/{id}/undo", a.UndoRefund)
	staff("GET /admin/students", a.Students)
	staff("GET /admin/students.csv", a.StudentsCSV)
	staff("GET /admin/students/import", a.ImportPage)
	staff("POST /admin/students/import", a.Upload, web.Tables)
	staff("POST /admin/students/selected", a.SelectStudents)
	staff("GET /admin/students/{id}", a.Student)
	staff("POST /admin/students/{id}/deactivate", a.Deactivate)
	staff("POST /admin/students/{id}/activate", a.Activate)
	staff("POST /admin/students/{id}/enroll", a.EnrollStudent)
	staff("POST /admin/students/{id}/grants/{grant}/end", a.EndGrant)
	staff("POST /admin/students/{id}/login-link", a.LoginLink)
	staff("GET /admin/messages", a.Messages)
	staff("GET /admin/messages/{id}", a.Message)
	staff("POST /admin/messages/{id}/reply", a.ReplyMessage)
	staff("POST /admin/messages/{id}/note", a.NoteMessage)
	staff("POST /admin/messages/{id}/notes/{note}/remove", a.RemoveNote(false))
	staff("POST /admin/messages/{id}/notes/{note}/back", a.RemoveNote(true))
	staff("POST /admin/messages/{id}/close", a.MoveMessage(inbox.Closed))
	staff("POST /admin/messages/{id}/reopen", a.MoveMessage(inbox.Open))
	staff("POST /admin/messages/{id}/unread", a.MoveMessage(inbox.Unread))
	staff("POST /admin/messages/{id}/spam", a.MoveMessage(inbox.Spam))
	staff("POST /admin/students/{id}/tags", a.AddTags)
	staff("POST /admin/students/{id}/tags/remove", a.RemoveTag)
	staff("POST /admin/students/{id}/notes", a.AddNote)
	staff("POST /admin/students/{id}/notes/{note}/delete", a.DeleteNote)
	staff("POST /admin/students/{id}/notes/{note}/restore", a.RestoreNote)
	staff("POST /admin/students/{id}/message", a.WriteStudent)
	staff("POST /admin/students/{id}/erase", a.EraseStudent)
	staff("GET /admin/jobs", a.JobList)
	staff("GET /admin/jobs/{id}", a.Job)
	staff("POST /admin/jobs/{id}", a.StartJob)
	staff("GET /admin/jobs/{id}/wrong.csv", a.JobWrongCSV)
	staff("POST /admin/jobs/{id}/cancel", a.CancelJob)
	staff("POST /admin/jobs/{id}/resume", a.ResumeJob)
	staff("POST /admin/jobs/{id}/discard", a.DiscardJob)
	staff("GET /admin/staff", a.Staff)
	staff("POST /admin/staff/invites", a.Invite)
	staff("POST /admin/staff/invites/{id}/renew", a.RenewInvite)
	staff("POST /admin/staff/invites/{id}/revoke", a.RevokeInvite)
	staff("POST /admin/staff/{id}/role", a.SetRole)
	staff("GET /admin/mail", a.Letters)
	staff("POST /admin/mail/retry", a.RetryAllMail)
	staff("POST /admin/mail/{id}/retry", a.RetryMail)
	staff("GET /admin/audit", a.Audit)
	staff("GET /admin/settings", a.Settings)
	staff("POST /admin/settings", a.SaveSettings, web.Pictures)
	staff("GET /admin/settings/preview", a.PreviewSettings)
	staff("POST /admin/settings/changes/{id}/put-back", a.PutBackSetting)
	staff("POST /admin/payees", payees(a.AddPayee))
	staff("POST /admin/payees/{id}", payees(a.ChangePayee))
	staff("POST /admin/payees/{id}/on", payees(a.SwitchPayeeOn))
	staff("POST /admin/payees/{id}/off", payees(a.SwitchPayeeOff))
	staff("POST /admin/payees/{id}/move", payees(a.MovePayee))

	return k.Wrap(k.Routes(mux))
}
