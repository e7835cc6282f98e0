; A resource-based policy that names another account: the caller needs both sides, unless the account is its own.
;
; policy 1:
;   {"identity": [{"Version": "2012-10-17", "Statement":
;      {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}],
;    "resource": {"Version": "2012-10-17", "Statement":
;      {"Effect": "Allow", "Principal": {"AWS": ["444455556666", "arn:aws:iam::111122223333:role/app"]},
;       "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}}}
;
; is there a request (any requests) that is
;   allowed by: identity[0], resource
; "unsat" is an answer: there is no such request
; "sat" is an answer: there is such a request
(set-option :produce-models true)
(set-logic QF_S)
(declare-const action String)
(declare-const principal.account String)
(declare-const principal.entity String)
(declare-const principal.is_anonymous Bool)
(declare-const principal.is_federated_identity Bool)
(declare-const principal.is_federated_user Bool)
(declare-const principal.is_role_session Bool)
(declare-const principal.is_root Bool)
(declare-const principal.is_service Bool)
(declare-const principal.is_user Bool)
(declare-const principal.name String)
(declare-const principal.partition String)
(declare-const principal.session String)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.owner String)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.resource String)
(declare-const resource.service String)
(define-fun r () RegLan (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
(define-fun r!2 () RegLan (str.to_re "cognito-identity-us-gov.amazonaws.com"))
(define-fun r!3 () RegLan (str.to_re "cognito-identity.us-gov-east-1.amazonaws.com"))
(define-fun t () Bool (not (or principal.is_federated_user principal.is_root principal.is_service
  principal.is_federated_identity principal.is_anonymous)))
(define-fun t!2 () Bool (not (or principal.is_root principal.is_service principal.is_federated_identity
  principal.is_anonymous)))
(define-fun t!3 () Bool (or principal.is_service principal.is_federated_identity principal.is_anonymous))
(define-fun r!4 () RegLan (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}")))
(define-fun r!5 () RegLan (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z")))
(define-fun t!4 () Bool (str.in_re resource.resource (re.++ (str.to_re "shared/") re.all)))
(define-fun t!5 () Bool (and
  principal.is_role_session
  (= principal.partition "aws")
  (= principal.account "111122223333")
  (str.in_re principal.entity (re.++ (re.union (str.to_re "") (re.++ re.all (str.to_re "/"))) (str.to_re "app")))
  (= action "s3:getobject")
  resource.is_arn
  (= resource.arn "arn")
  (= resource.partition "aws")
  (= resource.service "s3")
  (= resource.region "")
  (= resource.account "")
  t!4))
(define-fun t!6 () Bool (str.in_re action (re.++ (str.to_re "s3:") re.all)))
(define-fun t!7 () Bool (and
  (str.in_re action (re.++ (str.to_re "kms:") re.all))
  resource.is_arn
  (= resource.service "kms")
  (str.in_re resource.resource (re.++ (str.to_re "key/") re.all))))
(define-fun t!8 () Bool (and
  (str.in_re action (re.++ (str.to_re "sts:") re.all))
  resource.is_arn
  (= resource.service "iam")
  (str.in_re resource.resource (re.++ (str.to_re "role/") re.all))))
(define-fun t!9 () Bool (and
  t!2
  (= principal.account "444455556666")
  (= action "s3:getobject")
  resource.is_arn
  (= resource.arn "arn")
  (= resource.partition "aws")
  (= resource.service "s3")
  (= resource.region "")
  (= resource.account "")
  t!4))
(define-fun t!10 () Bool (and
  principal.is_root
  (= principal.account "444455556666")
  (= action "s3:getobject")
  resource.is_arn
  (= resource.arn "arn")
  (= resource.partition "aws")
  (= resource.service "s3")
  (= resource.region "")
  (= resource.account "")
  t!4))
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn r)
      (str.in_re resource.partition r)
      (str.in_re resource.service r)
      (str.in_re resource.region r)
      (str.in_re resource.account r)))
  (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
    principal.is_federated_identity principal.is_anonymous)
  (or
    (not principal.is_service)
    (not (str.in_re
      principal.name
      (re.union
        (str.to_re "accounts.google.com")
        r!2
        (str.to_re "cognito-identity.amazonaws.com")
        r!3
        (str.to_re "graph.facebook.com")
        (str.to_re "www.amazon.com")))))
  (or (not principal.is_user) (not (= principal.account "cloudfront")))
  (or
    (not principal.is_user)
    (not (or principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
      principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_role_session) t)
  (or (not principal.is_federated_user) t!2)
  (or (not principal.is_root) (not t!3))
  (or (not principal.is_service) (not (or principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_federated_identity) (not principal.is_anonymous))
  (str.in_re principal.partition r)
  (str.in_re principal.account r)
  (or (not principal.is_user) (str.in_re principal.entity (re.++ re.allchar re.all)))
  (or (not principal.is_role_session) (str.in_re principal.entity (re.++ re.all r!4)))
  (or (not principal.is_role_session) (str.in_re principal.session (re.* r!4)))
  (or (not principal.is_federated_user) (str.in_re principal.session (re.++ re.allchar re.all)))
  (or
    (not principal.is_service)
    (str.in_re
      principal.name
      (re.union
        (re.++ (str.to_re "arn:") r (str.to_re ":iam:") r (str.to_re ":cloudfront:user/") re.allchar re.all)
        (re.++ r!5 (re.* r!5) (str.to_re ".") r!5 (re.* r!5) (re.* (re.++ (str.to_re ".") r!5 (re.* r!5)))))))
  (or
    (not principal.is_federated_identity)
    (str.in_re
      principal.name
      (re.union
        (str.to_re "accounts.google.com")
        r!2
        (str.to_re "cognito-identity.amazonaws.com")
        r!3
        (str.to_re "graph.facebook.com")
        (str.to_re "www.amazon.com")
        (re.++
          (str.to_re "arn:")
          r
          (str.to_re ":iam:")
          r
          (str.to_re ":")
          r
          (re.union (str.to_re ":oidc-provider/") (str.to_re ":saml-provider/"))
          re.allchar
          re.all))))))
(assert (and
  (not (and principal.is_root (= principal.account resource.owner)))
  (not (= action "sts:getcalleridentity"))))
(assert (or
  (and
    (= action "sts:getcalleridentity")
    (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service))
  (and
    (= principal.account resource.owner)
    (or
      (and
        t!2
        principal.is_root
        (= principal.account "444455556666")
        (= action "s3:getobject")
        resource.is_arn
        (= resource.arn "arn")
        (= resource.partition "aws")
        (= resource.service "s3")
        (= resource.region "")
        (= resource.account "")
        t!4)
      t!5
      (and t t!6 (or (not (or t!7 t!8)) t!9))
      (and principal.is_root (not t!8) (or (not t!7) t!10))))
  (and (not (= principal.account resource.owner)) (or t!10 t!5 t!9) (or (and t t!6) (and principal.is_root (not t!8))))
  (and
    t!3
    principal.is_root
    (= principal.account "444455556666")
    (= action "s3:getobject")
    resource.is_arn
    (= resource.arn "arn")
    (= resource.partition "aws")
    (= resource.service "s3")
    (= resource.region "")
    (= resource.account "")
    t!4)))
(check-sat)
(get-value (action principal.account principal.entity principal.is_anonymous principal.is_federated_identity
  principal.is_federated_user principal.is_role_session principal.is_root principal.is_service principal.is_user
  principal.name principal.partition principal.session resource.account resource.arn resource.is_arn resource.owner
  resource.partition resource.region resource.resource resource.service))
