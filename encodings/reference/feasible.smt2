; The same kind of question about requests that can exist only: more is known of the ARN, the principal and the keys.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*",
;      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}
;
; is there a request (feasible requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:MultiFactorAuthPresent.ok| Bool)
(declare-const |aws:MultiFactorAuthPresent.present| Bool)
(declare-const |aws:MultiFactorAuthPresent.value| Bool)
(declare-const |aws:username.present| Bool)
(declare-const |aws:username.value| String)
(declare-const principal.account String)
(declare-const principal.entity String)
(declare-const principal.in_management_account Bool)
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
(declare-const principal.temporary Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.owner String)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.resource String)
(declare-const resource.service String)
(define-fun t () Bool (str.in_re
  principal.name
  (re.union
    (str.to_re "accounts.google.com")
    (str.to_re "cognito-identity.amazonaws.com")
    (str.to_re "graph.facebook.com")
    (str.to_re "www.amazon.com"))))
(define-fun t!2 () Bool (not (or principal.is_federated_user principal.is_root principal.is_service
  principal.is_federated_identity principal.is_anonymous)))
(define-fun t!3 () Bool (not (or principal.is_service principal.is_federated_identity principal.is_anonymous)))
(define-fun t!4 () Bool (or (not |aws:MultiFactorAuthPresent.present|) |aws:MultiFactorAuthPresent.ok|))
(define-fun t!5 () Bool (str.in_re
  resource.service
  (re.++
    (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))
    (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))))))
(define-fun t!6 () Bool (str.in_re resource.resource (re.++ re.allchar re.all)))
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))
  (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
    principal.is_federated_identity principal.is_anonymous)
  (or (not principal.is_service) (not t))
  (or
    (not principal.is_user)
    (not (or principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
      principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_role_session) t!2)
  (or
    (not principal.is_federated_user)
    (not (or principal.is_root principal.is_service principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_root) t!3)
  (or (not principal.is_service) (not (or principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_federated_identity) (not principal.is_anonymous))
  (str.in_re principal.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (str.in_re principal.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (or (not principal.is_user) (str.in_re principal.entity (re.++ re.allchar re.all)))
  (or
    (not principal.is_role_session)
    (str.in_re principal.entity (re.++ re.all (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}")))))
  (or
    (not principal.is_role_session)
    (str.in_re principal.session (re.* (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}")))))
  (or (not principal.is_federated_user) (str.in_re principal.session (re.++ re.allchar re.all)))
  (or
    (not principal.is_service)
    (str.in_re
      principal.name
      (re.++
        (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z"))
        (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z")))
        (str.to_re ".")
        (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z"))
        (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z")))
        (re.* (re.++
          (str.to_re ".")
          (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z"))
          (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z"))))))))
  (or
    (not principal.is_federated_identity)
    (str.in_re
      principal.name
      (re.union
        (str.to_re "accounts.google.com")
        (str.to_re "cognito-identity.amazonaws.com")
        (str.to_re "graph.facebook.com")
        (str.to_re "www.amazon.com")
        (re.++
          (str.to_re "arn:")
          (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}")))
          (str.to_re ":iam:")
          (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}")))
          (str.to_re ":")
          (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}")))
          (re.union (str.to_re ":oidc-provider/") (str.to_re ":saml-provider/"))
          re.allchar
          re.all))))))
(assert t!4)
(assert (and
  (not (and principal.is_root (= principal.account resource.owner)))
  (not (= action "sts:getcalleridentity"))))
(assert (str.in_re
  action
  (re.++
    (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))
    (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z")))
    (str.to_re ":")
    (re.union (re.range "0" "9") (re.range "a" "z"))
    (re.* (re.union (re.range "0" "9") (re.range "a" "z"))))))
(assert (or (not resource.is_arn) (and (= resource.arn "arn") t!5 t!6)))
(assert (and
  (or
    (not (or (= action "sts:assumerolewithsaml") (= action "sts:assumerolewithwebidentity")))
    principal.is_federated_identity)
  (or
    (not principal.is_federated_identity)
    (= action "sts:assumerolewithsaml")
    (= action "sts:assumerolewithwebidentity")
    (= action "sts:tagsession")
    (= action "sts:setsourceidentity")
    (= action "sts:setcontext"))))
(assert (or (not principal.in_management_account) t!3))
(assert (= |aws:username.present| principal.is_user))
(assert (str.in_re
  principal.entity
  (re.union
    (str.to_re "")
    (re.++
      (re.union (str.to_re "") (re.++ (re.range "!" "~") (re.* (re.range "!" "~")) (str.to_re "/")))
      (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z"))
      (re.* (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z")))))))
(assert (or
  (not |aws:username.present|)
  (str.in_re
    |aws:username.value|
    (re.++
      (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z"))
      (re.* (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z")))))))
(assert (str.in_re
  principal.session
  (re.union
    (str.to_re "")
    (re.++
      (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z"))
      (re.* (re.union
        (re.range "+" ".")
        (re.range "0" "9")
        (str.to_re "=")
        (re.range "@" "Z")
        (str.to_re "_")
        (re.range "a" "z")))))))
(assert (or (not principal.is_role_session) (not (= principal.session ""))))
(assert (or (not principal.is_federated_user) (not (= principal.session ""))))
(assert (or
  (not principal.is_federated_identity)
  (str.in_re
    principal.name
    (re.union
      (str.to_re "accounts.google.com")
      (str.to_re "cognito-identity.amazonaws.com")
      (str.to_re "graph.facebook.com")
      (str.to_re "www.amazon.com")
      (re.++
        (str.to_re "arn:")
        (re.union
          (str.to_re "aws")
          (str.to_re "aws-cn")
          (str.to_re "aws-eusc")
          (str.to_re "aws-us-gov")
          (re.++ (str.to_re "aws-iso") (re.union (str.to_re "") (re.++ (str.to_re "-") (re.range "a" "z")))))
        (str.to_re ":iam::")
        ((_ re.loop 12 12) (re.range "0" "9"))
        (re.union (str.to_re ":oidc-provider/") (str.to_re ":saml-provider/"))
        (re.range "!" "~")
        (re.* (re.range "!" "~")))))))
(assert (or
  (not |aws:username.present|)
  (= |aws:username.value| principal.entity)
  (str.suffixof (str.++ "/" |aws:username.value|) principal.entity)))
(assert (and
  (or
    principal.is_service
    principal.is_federated_identity
    principal.is_anonymous
    (str.in_re principal.account ((_ re.loop 12 12) (re.range "0" "9"))))
  (or
    principal.is_service
    principal.is_federated_identity
    principal.is_anonymous
    (str.in_re
      principal.partition
      (re.union
        (str.to_re "aws")
        (str.to_re "aws-cn")
        (str.to_re "aws-eusc")
        (str.to_re "aws-us-gov")
        (re.++ (str.to_re "aws-iso") (re.union (str.to_re "") (re.++ (str.to_re "-") (re.range "a" "z")))))))))
(assert (or
  (not (and resource.is_arn (not (or (= resource.account "") (= resource.account "aws")))))
  (= resource.account resource.owner)))
(assert (or
  (not resource.is_arn)
  (and
    (or
      principal.is_service
      principal.is_federated_identity
      principal.is_anonymous
      (= principal.partition resource.partition))
    (or (not principal.is_federated_identity) t (str.prefixof (str.++ "arn:" resource.partition ":") principal.name)))))
(assert (or principal.is_user principal.is_root principal.is_service principal.is_federated_identity
  principal.is_anonymous principal.temporary))
(assert (or (not principal.temporary) t!3))
(assert (or principal.temporary (not |aws:MultiFactorAuthPresent.present|)))
(assert t!4)
(assert (str.in_re resource.owner ((_ re.loop 12 12) (re.range "0" "9"))))
(assert (or
  (not resource.is_arn)
  (and
    (str.in_re
      resource.partition
      (re.union
        (str.to_re "aws")
        (str.to_re "aws-cn")
        (str.to_re "aws-eusc")
        (str.to_re "aws-us-gov")
        (re.++ (str.to_re "aws-iso") (re.union (str.to_re "") (re.++ (str.to_re "-") (re.range "a" "z"))))))
    t!5
    (str.in_re
      resource.region
      (re.union
        (str.to_re "")
        (re.++
          ((_ re.loop 2 4) (re.range "a" "z"))
          (str.to_re "-")
          (re.range "a" "z")
          (re.* (re.range "a" "z"))
          (re.* (re.++ (str.to_re "-") (re.range "a" "z") (re.* (re.range "a" "z"))))
          (str.to_re "-")
          (re.range "0" "9"))))
    (str.in_re resource.account (re.union (str.to_re "") (str.to_re "aws") ((_ re.loop 12 12) (re.range "0" "9"))))
    t!6)))
(assert (or
  (and
    (= action "sts:getcalleridentity")
    (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service))
  (and
    (= principal.account resource.owner)
    (or
      (and
        t!2
        (= action "s3:getobject")
        resource.is_arn
        (= resource.arn "arn")
        (= resource.partition "aws")
        (= resource.service "s3")
        (= resource.region "")
        (= resource.account "")
        |aws:username.present|
        (str.prefixof (str.++ "home/" |aws:username.value| "/") resource.resource)
        |aws:MultiFactorAuthPresent.present|
        |aws:MultiFactorAuthPresent.ok|
        |aws:MultiFactorAuthPresent.value|)
      (and
        principal.is_root
        (not (and
          (str.in_re action (re.++ (str.to_re "sts:") re.all))
          resource.is_arn
          (= resource.service "iam")
          (str.in_re resource.resource (re.++ (str.to_re "role/") re.all)))))))))
(assert (str.in_re
  principal.entity
  (re.++
    (re.union (str.to_re "") (re.++ re.all (str.to_re "/")))
    ((_ re.loop 0 64) (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}"))))))
(assert (and
  (or (not principal.is_role_session) (str.in_re principal.session ((_ re.loop 2 64) re.allchar)))
  (or (not principal.is_federated_user) (str.in_re principal.session ((_ re.loop 2 32) re.allchar)))))
(check-sat)
(get-value (action |aws:MultiFactorAuthPresent.ok| |aws:MultiFactorAuthPresent.present|
  |aws:MultiFactorAuthPresent.value| |aws:username.present| |aws:username.value| principal.account principal.entity
  principal.in_management_account principal.is_anonymous principal.is_federated_identity principal.is_federated_user
  principal.is_role_session principal.is_root principal.is_service principal.is_user principal.name principal.partition
  principal.session principal.temporary resource.account resource.arn resource.is_arn resource.owner resource.partition
  resource.region resource.resource resource.service))
