; `StringLike`: wildcards over the whole value.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"StringLike": {"s3:prefix": ["home/*", "tmp-??"]}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
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
(declare-const |s3:prefix.present| Bool)
(declare-const |s3:prefix.value| String)
(define-fun r () RegLan (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
(define-fun r!2 () RegLan (str.to_re "cognito-identity-us-gov.amazonaws.com"))
(define-fun r!3 () RegLan (str.to_re "cognito-identity.us-gov-east-1.amazonaws.com"))
(define-fun t () Bool (not (or principal.is_federated_user principal.is_root principal.is_service
  principal.is_federated_identity principal.is_anonymous)))
(define-fun r!4 () RegLan (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}")))
(define-fun r!5 () RegLan (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z")))
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
  (or
    (not principal.is_federated_user)
    (not (or principal.is_root principal.is_service principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_root) (not (or principal.is_service principal.is_federated_identity principal.is_anonymous)))
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
        t
        |s3:prefix.present|
        (or
          (str.in_re |s3:prefix.value| (re.++ (str.to_re "home/") re.all))
          (str.in_re |s3:prefix.value| (re.++ (str.to_re "tmp-") re.allchar re.allchar))))
      (and
        principal.is_root
        (not (and
          (str.in_re action (re.++ (str.to_re "sts:") re.all))
          resource.is_arn
          (= resource.service "iam")
          (str.in_re resource.resource (re.++ (str.to_re "role/") re.all)))))))))
(check-sat)
(get-value (action principal.account principal.entity principal.is_anonymous principal.is_federated_identity
  principal.is_federated_user principal.is_role_session principal.is_root principal.is_service principal.is_user
  principal.name principal.partition principal.session resource.account resource.arn resource.is_arn resource.owner
  resource.partition resource.region resource.resource resource.service |s3:prefix.present| |s3:prefix.value|))
