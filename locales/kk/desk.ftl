### Қызметкерлерге бір өтініш туралы емес хаттар: таңғы жиынтық, орнын басу, орындаушысыз қалған өтініштер.

desk-action-queue = Кезекті ашу
desk-line = { $reference }: { $kind }
desk-line-due = { $reference }: { $kind }, мерзімі { $date }

desk-digest-subject = Өтініштеріңіз: { $date }
desk-digest-intro = Бүгін Сізді мыналар күтіп тұр. Сілтемелер жүйеге кіргеннен кейін ашылады.
desk-digest-more = … және тағы { $count }.
desk-digest-due_today = Сіздікі, мерзімінің соңғы күні бүгін: { $count }
desk-digest-due_week = Сіздікі, мерзімі бүгінгі күнді қосқанда жеті күн ішінде: { $count }
desk-digest-overdue = Сіздікі, мерзімі өтіп кеткен: { $count }
desk-digest-overdue_all = Ұйымның мерзімі өтіп кеткен барлық өтініші: { $count }
desk-digest-unassigned = Орындаушысы жоқ: { $count }
desk-digest-approval = Сіз бекітуге тиіс жауаптар: { $count }
desk-digest-dead_mails = Хаты жеткізілмеген өтініштер: { $count }
desk-digest-to_post = Басып шығарып, поштамен жіберу керек: { $count }
desk-digest-dead_staff_mails = Соңғы жеті күнде қызметкерлерге жеткізілмеген хаттар: { $count }

desk-stand-in-subject = Сіз әріптесіңіздің орнын басасыз
desk-stand-in-intro = Әріптесіңіз жұмыста жоқ, оның орнын басушы болып Сіз белгілендіңіз.
desk-stand-in-what = Осы күндері әріптесіңіздің өтініштері Сіздікі де болып саналады: оларды ашып, жұмыс істей аласыз, ескертулер Сізге келеді. Кейін бәрі өздігінен бұрынғы қалпына келеді. Жауапты бекіту құқығы берілмейді.
desk-fact-who = Жұмыста жоқ
desk-fact-from = Бірінші күні
desk-fact-until = Соңғы күні
desk-fact-open = Қазір ашық өтініштер
desk-fact-had = Бұрынғы орындаушы

desk-released-subject = Орындаушысыз өтініштер: { $count }
desk-released-intro = { $count } ашық өтініш орындаушысыз қалды. Орындаушы тағайындаңыз.
desk-released-account = Орындаушы болған әріптесіңіздің тіркелгісі өшірілді. Мерзімдер жүріп жатыр.
desk-released-role = Орындаушы болған әріптесіңіз бұл ұйымның өтініштерімен енді жұмыс істемейді. Мерзімдер жүріп жатыр.

desk-nearer-subject = Мерзімдер жақындады: { $count }
desk-nearer-intro = Жұмыс күндерінің күнтізбесі өзгерді: мына мерзімдер бұрынғыдан ертерек бітеді.
desk-nearer-what = Оларды бүгін қарап шығыңыз. Әр өтініштің тарихында екі күн де көрсетілген.
desk-nearer-line = { $reference }: { $clock }, { $from } орнына { $to }
desk-fact-source = Негізі

desk-account-totp_on-subject = Енді жүйеге кіргенде екінші қадам керек
desk-account-totp_on-intro = Тіркелгіңізге кірудің екінші қадамы қосылды.
desk-account-totp_on-what = Енді құпиясөзбен бірге қолданбадағы код та керек. Басқа сеанстарыңыз аяқталды. Қосалқы кодтарды өзіңіз ғана табатын жерде сақтаңыз.
desk-account-totp_off-subject = Жүйеге кірудің екінші қадамы өшірілді
desk-account-totp_off-intro = Тіркелгіңізге кірудің екінші қадамы өшірілді.
desk-account-totp_off-what = Енді кіру үшін құпиясөз жеткілікті. Басқа сеанстарыңыз аяқталды.
desk-account-totp_reset-subject = Жүйеге кірудің екінші қадамы алынып тасталды
desk-account-totp_reset-intro = Әкімші тіркелгіңізге кірудің екінші қадамын алып тастады.
desk-account-totp_reset-what = Бұрынғы кодтар енді жарамайды, барлық сеансыңыз аяқталды. Құпиясөзбен кіріп, екінші қадамды қайта баптаңыз.
desk-account-password_reset-subject = Құпиясөзіңіз ауыстырылды
desk-account-password_reset-intro = Әкімші құпиясөзіңізді ауыстырды.
desk-account-password_reset-what = Бұрынғы құпиясөз енді жарамайды, барлық сеансыңыз аяқталды. Уақытша құпиясөзді Сізге әкімші береді: үш күн ішінде сонымен кіріп, өз құпиясөзіңізді қойыңыз.
desk-account-external_bound-subject = Тіркелгіңіз сыртқы кіруге байланды
desk-account-external_bound-intro = Енді ұйымыңыздың сыртқы кіру қызметі арқылы кіре аласыз.
desk-account-external_bound-what = Тіркелгі оған алғаш кіргенде байланды. Құпиясөзіңіз бұрынғыдай жарайды.
desk-account-not-me = Бұл туралы білмесеңіз, әкімшіге бірден хабарлаңыз.
